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

/** sharp's messages for an error that lost its own. The second one, for warnings that count as errors, has those of all images. */
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

/** Messages of libvips for sound images that it cannot read. */
const unsupportedMessage =
  /no known route from|tiff2vips: .*(not supported|not configured|not implemented)|exceeds channel limit|Unsupported feature/

/**
 * Whether sharp or libvips threw the error. They throw plain errors without a code; errors of Node.js have a code, and errors of this
 * program's own, of its bugs and of aborts have other classes.
 */
function isLibraryError(error: unknown): error is Error {
  return error instanceof Error && Object.getPrototypeOf(error) === Error.prototype && !('code' in error)
}

/** The Rejection that a decoding error stands for, or the error itself when the machine or this program failed. */
export function classifyDecodeError(error: unknown): unknown {
  if (!isLibraryError(error) || isMachineError(error)) return error
  if (timeoutMessage.test(error.message)) return new Rejection('processing_timeout', undefined, error)
  if (unsupportedMessage.test(error.message)) {
    return new Rejection('pixel_format_unsupported', undefined, error)
  }
  return new Rejection('image_corrupt', undefined, error)
}

/**
 * The Rejection that an error after the decode stands for: the same pixels would fail at every retry. An error without a message or
 * with a time-out can be another image's, and is returned as it is.
 */
export function classifyRenderError(error: unknown): unknown {
  if (!isLibraryError(error) || isMachineError(error)) return error
  if (isSilent(error) || timeoutMessage.test(error.message)) return error
  return new Rejection(
    'processing_failed',
    'The image was decoded, but no variants could be made of it.',
    error,
  )
}

const attempts = 3

/**
 * Repeats an operation of libvips that failed without a message, or with the time-out of another image. libvips has one message buffer
 * per process, so work on another image can clear or replace the message; the next attempt fails with the right one. A failure that
 * remains without a message is attributed to the image: some damaged PNGs cause none, and a lack of memory is always reported.
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
