import type { Done } from './stages.ts'

/** Receives outcomes, for metrics. */
export interface Observer {
  imageFinished(done: Done, durationMs: number): void
  /** The image will be retried. @param code as in the log */
  imageFailed(code: string): void
  deadLetterPublished(reason: string): void
}
