/** The outcome of a fault run of webhooks or streams. */
export interface WebhookFigures {
  /** What had to come about: events to deliver, addresses to refuse, signatures to verify, images to know the state of. */
  expected: number
  /** How much of it came about, each counted once. */
  right: number
  /** What did not, and whatever must never come about. */
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
