import type { Body, Meta, Uppy, UppyFile } from '@uppy/core'

export interface FollowedFile {
  /** Aborted when the file is removed. */
  cancelled: AbortSignal
  /** Whether the file is paused or the browser offline. */
  isHeld: () => boolean
  /** Aborted when the file is next paused or removed, or the browser goes offline. */
  nextInterruption: () => AbortSignal
  /** Resolves when the file is neither paused nor the browser offline. @throws the reason of `cancelled` */
  resumed: () => Promise<void>
  unfollow: () => void
}

export interface FileFollower {
  follow: (fileId: string) => FollowedFile
  close: () => void
}

interface State {
  cancel: AbortController
  interrupt: AbortController
  wake: () => void
}

const pauseEvents = ['upload-pause', 'pause-all', 'resume-all', 'is-offline', 'is-online'] as const

/** Tracks whether files are paused or removed while they are uploaded, and whether the browser is online. */
export function followFiles<M extends Meta, B extends Body>(uppy: Uppy<M, B>): FileFollower {
  const states = new Map<string, State>()
  // Node has `navigator`, but not `onLine`.
  const isHeld = (fileId: string) =>
    globalThis.navigator?.onLine === false || uppy.getFile(fileId)?.isPaused === true

  function onChange(): void {
    for (const [fileId, { interrupt, wake }] of states) {
      if (isHeld(fileId)) interrupt.abort(new Error('paused'))
      else wake()
    }
  }
  function onRemoved(file: UppyFile<M, B>): void {
    const state = states.get(file.id)
    state?.cancel.abort(new Error('cancelled'))
    state?.wake()
  }
  // Uppy changes `isPaused` around these events, some before and some after.
  const onPauseEvent = () => queueMicrotask(onChange)
  for (const event of pauseEvents) uppy.on(event, onPauseEvent)
  uppy.on('file-removed', onRemoved)

  return {
    follow(fileId) {
      const state: State = { cancel: new AbortController(), interrupt: new AbortController(), wake: () => {} }
      states.set(fileId, state)
      const cancelled = state.cancel.signal
      return {
        cancelled,
        isHeld: () => isHeld(fileId),
        nextInterruption() {
          state.interrupt = new AbortController()
          if (isHeld(fileId)) state.interrupt.abort(new Error('paused'))
          return AbortSignal.any([cancelled, state.interrupt.signal])
        },
        async resumed() {
          while (isHeld(fileId) && !cancelled.aborted) {
            await new Promise<void>((resolve) => {
              state.wake = resolve
            })
          }
          cancelled.throwIfAborted()
        },
        unfollow() {
          // Retrying a file follows it again, perhaps before this upload has ended.
          if (states.get(fileId) === state) states.delete(fileId)
        },
      }
    },
    close() {
      for (const event of pauseEvents) uppy.off(event, onPauseEvent)
      uppy.off('file-removed', onRemoved)
    },
  }
}
