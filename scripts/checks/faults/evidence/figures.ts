/** What came of a fault. */
export interface Figures {
  /** Distinct images whose upload request got a 2xx and whose PUT succeeded. */
  accepted: number
  /** Of these, the ones that are ready, owe nothing, have every variant, and whose `image.processed` was told. */
  ready: number
  /** Accepted and not ready; and requests with a 2xx whose `image.upload.requested` is not on its topic. */
  lost: number
  /**
   * Images with a second raw object or version of one, with a second `image.processed` or `image.rejected`, with another
   * variant than the expected ones, or with a second generation.
   */
  duplicatedEffects: number
  /** Events that are on their topic once more with the same source and id: redelivery, which every reader must expect. */
  repeatedEvents: number
  /** For each image that is lost or duplicated: what is wrong with it. */
  findings: string[]
}

/** Of two lives of the same images, which were counted apart. */
export function addFigures(a: Figures, b: Figures): Figures {
  return {
    accepted: a.accepted + b.accepted,
    ready: a.ready + b.ready,
    lost: a.lost + b.lost,
    duplicatedEffects: a.duplicatedEffects + b.duplicatedEffects,
    repeatedEvents: a.repeatedEvents + b.repeatedEvents,
    findings: [...a.findings, ...b.findings],
  }
}

export function formatFigures({ accepted, ready, lost, duplicatedEffects }: Figures): string {
  return `accepted ${accepted}, ready ${ready}, lost ${lost}, duplicated effects ${duplicatedEffects}`
}

/** The figures that `formatFigures` wrote, or undefined when the line is another one. */
export function parseFigures(line: string): PrintedFigures | undefined {
  const found = /^accepted (\d+), ready (\d+), lost (\d+), duplicated effects (\d+)$/.exec(line)
  if (!found) return undefined
  const [accepted = 0, ready = 0, lost = 0, duplicatedEffects = 0] = found.slice(1).map(Number)
  return { accepted, ready, lost, duplicatedEffects }
}

export type PrintedFigures = Omit<Figures, 'repeatedEvents' | 'findings'>
