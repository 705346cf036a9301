import type { Done } from './stages.ts'

/** Is told what became of images and records, for metrics. */
export interface Observer {
  imageEnded(done: Done, durationMs: number): void
  /** It comes again. @param code as in the log */
  imageFailed(code: string): void
  recordPutAside(reason: string): void
}
