import type { Worker } from 'node:cluster'
import { AggregatorRegistry, Counter, Gauge, Registry } from 'prom-client'
import type { MetricValues } from '../observe/create-metrics-reader.ts'
import { sendOrder, type WorkerReport } from './messages.ts'

/** A worker that does not answer by then contributes its previous values. */
const answerLimitMs = 3_000

/** Adds up the metrics of all worker processes, and counts the processes. */
export function createWorkerMetrics() {
  const registry = new Registry()
  const registers = [registry]
  const workers = new Gauge({
    name: 'hashgate_gateway_workers',
    help: 'Worker processes that take new connections.',
    registers,
  })
  const crashes = new Counter({
    name: 'hashgate_gateway_worker_crashes_total',
    help: 'Worker processes that ended unexpectedly.',
    registers,
  })
  const latest = new Map<Worker, MetricValues>()
  let ended: MetricValues = []

  function note(worker: Worker, { ready, metrics }: WorkerReport): void {
    if (ready) latest.set(worker, [])
    if (metrics) latest.set(worker, metrics)
  }

  /** Keeps the counts of ended workers. Without them the sums would fall, which Prometheus takes for a restart from zero. */
  function retire(worker: Worker): void {
    const counted = latest.get(worker)?.filter(({ type }) => isSum(String(type))) ?? []
    latest.delete(worker)
    ended = add([ended, counted]).getMetricsAsArray() as MetricValues
  }

  /** Prometheus' text format. */
  async function readText(): Promise<string> {
    await Promise.all([...latest.keys()].map((worker, index) => refresh(worker, index === 0)))
    const sums = await add([ended, ...latest.values()]).metrics()
    return `${sums}\n${await registry.metrics()}`
  }

  return { workers, crashes, note, retire, readText }
}

function add(parts: MetricValues[]): Registry {
  return AggregatorRegistry.aggregate(parts)
}

function isSum(type: string): boolean {
  return type === 'counter' || type === 'histogram'
}

/** Resolves when the worker has reported its metrics or cannot. */
function refresh(worker: Worker, measuresOutbox: boolean): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(finish, answerLimitMs)
    function finish(): void {
      clearTimeout(timer)
      worker.off('message', finishIfMetrics).off('disconnect', finish)
      resolve()
    }
    function finishIfMetrics({ metrics }: WorkerReport): void {
      if (metrics) finish()
    }
    worker.on('message', finishIfMetrics).once('disconnect', finish)
    sendOrder(worker, { order: 'send-metrics', measuresOutbox })
  })
}
