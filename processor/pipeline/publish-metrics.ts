import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import type { Observer } from './observer.ts'

/**
 * Metrics of the Lambda function: lines in CloudWatch's embedded metric format on stdout, from which CloudWatch makes them
 * (dimension `service`). The ones of a kind have a second dimension, `reason` or `code`, and a sum without it.
 * No dimension names a tenant or an image.
 */
export function createLambdaMetrics(namespace: string) {
  const metrics = new Metrics({ namespace, serviceName: 'processor' })

  const observer: Observer = {
    imageFinished({ outcome, reason, bytes }, durationMs) {
      if (!bytes) return
      if (reason) count('ImagesRejected', 'reason', reason)
      else if (outcome === 'ready') metrics.addMetric('ImagesReady', MetricUnit.Count, 1)
      metrics.addMetric('ImageDuration', MetricUnit.Milliseconds, durationMs)
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

  /** Of every call, at its start. */
  const noteStart = (functionName: string | undefined) => metrics.captureColdStartMetric(functionName)

  /** Of every call, at its end. */
  function publish(): void {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics()
  }

  return { observer, noteStart, publish }
}
