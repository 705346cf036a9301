import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import type { Observer } from './observer.ts'

/** The service level objective: an image has its result so long after the store received it (deploy/RUNBOOK.md#results-late). */
const objectiveMs = 60_000

/**
 * Metrics of the Lambda function, written to stdout in CloudWatch's embedded metric format with the dimension `service`. Rejections,
 * failures and dead letters also have a metric by `reason` or `code`. No dimension names a tenant or an image.
 */
export function createLambdaMetrics(namespace: string) {
  const metrics = new Metrics({ namespace, serviceName: 'processor' })

  const observer: Observer = {
    imageFinished({ outcome, reason, bytes, waitMs }, durationMs) {
      if (!bytes) return
      if (reason) count('ImagesRejected', 'reason', reason)
      else if (outcome === 'ready') metrics.addMetric('ImagesReady', MetricUnit.Count, 1)
      metrics.addMetric('ImageDuration', MetricUnit.Milliseconds, durationMs)
      if (waitMs !== undefined) {
        metrics.addMetric('TimeToResult', MetricUnit.Milliseconds, waitMs)
        metrics.addMetric('LateResults', MetricUnit.Count, waitMs > objectiveMs ? 1 : 0)
      }
      metrics.addMetric('OriginalBytes', MetricUnit.Bytes, bytes.original)
      metrics.addMetric('VariantBytes', MetricUnit.Bytes, bytes.variants)
    },
    imageFailed: (code) => count('ImagesFailed', 'code', code),
    deadLetterPublished: (reason) => count('DeadLetters', 'reason', reason),
  }

  function count(name: string, dimension: string, value: string): void {
    metrics.addMetric(name, MetricUnit.Count, 1)
    metrics.singleMetric().addDimension(dimension, value).addMetric(name, MetricUnit.Count, 1)
  }

  /** Call at the start of every invocation. */
  const noteStart = (functionName: string | undefined) => metrics.captureColdStartMetric(functionName)

  /** Call at the end of every invocation. */
  function publish(): void {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics()
  }

  return { observer, noteStart, publish }
}
