import { Rejection } from '../../core/errors.ts'

/** Messages about the machine. libvips has one message buffer per process, so another image's message can precede ours. */
const machineErrors = [
  /out of memory/i,
  /cannot allocate/i,
  /unable to allocate/i,
  /bad_alloc/,
  /ENOMEM|EMFILE|ENFILE/,
  /unable to create thread/i,
  /error creating thread/i,
]

/** libvips reported a time-out that cannot be this image's. A retry gets the real result. */
export class ForeignTimeout extends Error {
  override readonly name = 'ForeignTimeout'
}

const timeoutMessage = /^timeout: \d+% complete/m

/**
 * Runs an operation with a libvips time-out. libvips has one message buffer per process, so a failing operation can report the
 * time-out of another image. The operation itself timed out only if it ran for that long.
 * @throws ForeignTimeout, or the error of the operation
 */
export async function refuseForeignTimeout<T>(seconds: number, operation: () => Promise<T>): Promise<T> {
  const startedAt = performance.now()
  try {
    return await operation()
  } catch (error) {
    const isTimeout = error instanceof Error && timeoutMessage.test(error.message)
    if (!isTimeout || performance.now() - startedAt >= seconds * 1_000) throw error
    throw new ForeignTimeout(`libvips reported the time-out of another image: ${error.message}`, {
      cause: error,
    })
  }
}

/** What sharp says of an error without a message; the second, with the warnings of all images, when warnings are errors. */
const silentMessage = /^(Unknown error)?$|^Warning treated as error due to failOn setting/

/** Whether a libvips error has lost its message. */
export function isSilent(error: unknown): boolean {
  return error instanceof Error && silentMessage.test(error.message)
}

/** Whether the machine failed rather than the image, so that a retry can succeed. */
export function isMachineError(error: unknown): boolean {
  if (error instanceof ForeignTimeout) return true
  return error instanceof Error && machineErrors.some((pattern) => pattern.test(error.message))
}

/** The Rejection that a decoding error stands for, or the error itself when the machine failed. */
export function classifyDecodeError(error: unknown): unknown {
  if (!(error instanceof Error) || isMachineError(error)) return error
  if (timeoutMessage.test(error.message)) return new Rejection('processing_timeout', undefined, error)
  return new Rejection('image_corrupt', undefined, error)
}

const attempts = 3

/**
 * Repeats an operation of libvips that failed without a message, or with the time-out of another image. libvips has one message buffer
 * per process, so work on another image can clear or replace the message; the next attempt fails with the right one. A failure that
 * stays without a message is the image's fault: some damaged PNGs have none, and a machine short of memory always reports it.
 */
export async function retryIfSilent<T>(operation: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await operation()
    } catch (error) {
      const isUnclear = isSilent(error) || error instanceof ForeignTimeout
      if (attempt === attempts || !isUnclear) throw error
    }
  }
}
