import { randomBytes } from 'node:crypto'

/** The id of an image that does not exist. */
export const newId = (): string => randomBytes(32).toString('hex')

/** The id of a webhook endpoint that does not exist. */
export const newEndpointId = (): string => `whe_${randomBytes(16).toString('base64url')}`
