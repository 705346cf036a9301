import { isSilent } from './decode-errors.ts'

const tries = 3

/**
 * libvips keeps one buffer of messages for the whole process: while several images are worked on, the work on another
 * one can take away what it said of ours. Asked again, it says it again. What stays without a message is the image's
 * fault: some damaged PNGs have none, but a machine that is short of memory says so.
 */
export async function askAgain<T>(ask: () => Promise<T>): Promise<T> {
  for (let left = tries - 1; ; left--) {
    try {
      return await ask()
    } catch (error) {
      if (left === 0 || !isSilent(error)) throw error
    }
  }
}
