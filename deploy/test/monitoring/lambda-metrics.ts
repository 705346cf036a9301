import { createLambdaMetrics } from '../../../processor/pipeline/publish-metrics.ts'
import { createWebhookMetrics } from '../../../processor/webhooks/publish-metrics.ts'

export interface Metric {
  namespace: string
  name: string
  dimensions: Record<string, string>
}

interface EmbeddedMetrics {
  _aws: {
    CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] }[]
  }
  [field: string]: unknown
}

/** Returns the lines that `act` prints. The metrics library creates its own console, so only the stream can be captured. */
function captureOutput(act: () => void): string[] {
  const { write } = process.stdout
  let text = ''
  process.stdout.write = (piece: string | Uint8Array) => {
    text += piece
    return true
  }
  try {
    act()
  } finally {
    process.stdout.write = write
  }
  return text.split('\n').filter(Boolean)
}

/** Reads every metric that a function can log, by stack. */
export const readLambdaMetrics: Record<string, (namespace: string) => Metric[]> = {
  processor: readProcessorMetrics,
  webhooks: readWebhookMetrics,
}

function readProcessorMetrics(namespace: string): Metric[] {
  return readLines(() => {
    const { observer, publish } = createLambdaMetrics(namespace)
    const bytes = { original: 1, variants: 1 }
    observer.imageFinished({ outcome: 'ready', bytes, waitMs: 1 }, 1)
    observer.imageFinished({ outcome: 'rejected', reason: 'image_corrupt', bytes }, 1)
    observer.imageFailed('INTERNAL_ERROR')
    observer.deadLetterPublished('no_raw_key')
    publish()
  })
}

function readWebhookMetrics(namespace: string): Metric[] {
  return readLines(() => {
    const { observer, publish } = createWebhookMetrics(namespace)
    for (const outcome of ['delivered', 'failed', 'refused', 'gone'] as const)
      observer.tryFinished(outcome, 1)
    observer.givenUp()
    observer.eventUnreadable()
    observer.oldestDueSeen(1)
    publish()
  })
}

const readLines = (act: () => void): Metric[] =>
  captureOutput(act)
    .map((line) => JSON.parse(line) as EmbeddedMetrics)
    .flatMap(metricsOf)

function metricsOf(line: EmbeddedMetrics): Metric[] {
  return line._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((set) =>
      Metrics.map(({ Name }) => ({
        namespace: Namespace,
        name: Name,
        dimensions: Object.fromEntries(set.map((dimension) => [dimension, String(line[dimension])])),
      })),
    ),
  )
}
