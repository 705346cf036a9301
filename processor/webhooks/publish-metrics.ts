import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import type { WebhookObserver } from './observer.ts'

/**
 * Metrics of the Lambda function that delivers webhooks, written to stdout in CloudWatch's embedded metric format with the dimension
 * `service=webhooks`. No dimension names a tenant or an endpoint.
 */
export function createWebhookMetrics(namespace: string) {
  const metrics = new Metrics({ namespace, serviceName: 'webhooks' })

  const observer: WebhookObserver = {
    tryFinished(outcome, durationMs) {
      metrics.addMetric('WebhookTries', MetricUnit.Count, 1)
      metrics.addMetric('WebhookDuration', MetricUnit.Milliseconds, durationMs)
      metrics.singleMetric().addDimension('outcome', outcome).addMetric('WebhookTries', MetricUnit.Count, 1)
    },
    givenUp: () => void metrics.addMetric('WebhooksGivenUp', MetricUnit.Count, 1),
    eventUnreadable: () => void metrics.addMetric('WebhookEventsUnreadable', MetricUnit.Count, 1),
    oldestDueSeen: (ageMs) =>
      void metrics.addMetric('OldestDueWebhookAge', MetricUnit.Seconds, Math.round(ageMs / 1_000)),
  }

  /** Call at the start of every invocation. */
  const noteStart = (functionName: string | undefined) => metrics.captureColdStartMetric(functionName)

  /** Call at the end of every invocation. */
  function publish(): void {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics()
  }

  return { observer, noteStart, publish }
}
