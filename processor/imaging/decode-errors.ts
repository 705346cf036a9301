import { Rejection } from '../../core/errors.ts'

/** libvips keeps one buffer of messages for the whole process: that of another image can stand before ours. */
const machinesFaults = [
  /out of memory/i,
  /cannot allocate/i,
  /unable to allocate/i,
  /bad_alloc/,
  /ENOMEM|EMFILE|ENFILE/,
  /unable to create thread/i,
  /error creating thread/i,
]

/** Whether an error of libvips has lost its message. */
export function isSilent(error: unknown): boolean {
  return error instanceof Error && /^(Unknown error)?$/.test(error.message)
}

/** Whether the machine failed, and not the image: another try may succeed. */
export function isMachinesFault(error: unknown): boolean {
  return error instanceof Error && machinesFaults.some((fault) => fault.test(error.message))
}

/** What an error of libvips while it decodes means: a Rejection of the image, or the error itself. */
export function judgeDecodeError(error: unknown): unknown {
  if (!(error instanceof Error) || isMachinesFault(error)) return error
  if (/^timeout: \d+% complete/m.test(error.message))
    return new Rejection('processing_timeout', undefined, error)
  return new Rejection('image_corrupt', undefined, error)
}
