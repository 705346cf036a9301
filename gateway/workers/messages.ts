import type { Worker } from 'node:cluster'
import type { MetricValues } from '../observe/create-metrics-reader.ts'

/** A message from the primary to a worker. */
export type WorkerOrder =
  /** Send the metrics. Those of the outbox are the same for all workers, so only one measures them. */
  | { order: 'send-metrics'; measuresOutbox: boolean }
  /** Take no new connections, and exit when the present ones have ended. */
  | { order: 'drain' }
  /** Exit as on SIGTERM. */
  | { order: 'close' }

/** A message from a worker to the primary. */
export interface WorkerReport {
  /** Sent once, with the URL of the API. */
  ready?: true
  url?: string
  /** Sent when ordered, and before the worker exits. */
  metrics?: MetricValues
}

/** A worker that has just exited receives nothing. */
export function sendOrder(worker: Worker, order: WorkerOrder): void {
  if (worker.isConnected()) worker.send(order, () => {})
}
