import { randomBytes } from 'node:crypto'

/** The id of an image that nobody has. */
export const newId = (): string => randomBytes(32).toString('hex')
