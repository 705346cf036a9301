import { join } from 'node:path'

/** The file with the offset of a program's clock in milliseconds. @param program such as `worker.ts` */
export const clockFile = (directory: string, program: string): string => join(directory, program)
