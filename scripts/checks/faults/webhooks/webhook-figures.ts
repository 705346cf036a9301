/** The outcome of a fault run of webhooks or streams. */
export interface WebhookFigures {
  /** Number of expected effects: deliveries, refused addresses, verified signatures or received image states. */
  expected: number
  /** Number of them that happened, each counted once. */
  right: number
  /** Number of them that did not happen, and of effects that must never happen. */
  lost: number
  /** Repetitions that reached a receiver. They do no harm: each has the `webhook-id` of the first one. */
  repeated: number
  /** The figures that only this fault has, in a few words. */
  remark: string
  /** Describes what is wrong. Any finding makes the run fail. */
  findings: string[]
}

export type PrintedWebhookFigures = Omit<WebhookFigures, 'findings'>

export function formatWebhookFigures({ expected, right, lost, repeated, remark }: WebhookFigures): string {
  return `expected ${expected}, right ${right}, lost ${lost}, repeated ${repeated}; ${remark}`
}

/** Parses a line of `formatWebhookFigures`; undefined for any other line. */
export function parseWebhookFigures(line: string): PrintedWebhookFigures | undefined {
  const found = /^expected (\d+), right (\d+), lost (\d+), repeated (\d+); (.*)$/.exec(line)
  if (!found) return undefined
  const [expected = 0, right = 0, lost = 0, repeated = 0] = found.slice(1, 5).map(Number)
  return { expected, right, lost, repeated, remark: found[5] ?? '' }
}
