/** The outcome of a fault run. */
export interface Figures {
  /** Distinct images whose upload request got a 2xx and whose PUT succeeded. */
  accepted: number
  /** Of these, the images that are ready, have no pending events and every variant, and whose `image.processed` was published. */
  ready: number
  /** Images accepted but not ready, and requests with a 2xx whose `image.upload.requested` is not on its topic. */
  lost: number
  /**
   * Images with a second raw object or object version, a second `image.processed` or `image.rejected`, an unexpected variant, or
   * a second generation.
   */
  duplicatedEffects: number
  /** Repetitions of an event with the same source and id. Delivery is at least once, so consumers must expect them. */
  repeatedEvents: number
  /** Describes what is wrong with each lost or duplicated image. */
  findings: string[]
}

/** Sums the figures of two generations of the same images, which were counted separately. */
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

/** Parses a line of `formatFigures`; undefined for any other line. */
export function parseFigures(line: string): PrintedFigures | undefined {
  const found = /^accepted (\d+), ready (\d+), lost (\d+), duplicated effects (\d+)$/.exec(line)
  if (!found) return undefined
  const [accepted = 0, ready = 0, lost = 0, duplicatedEffects = 0] = found.slice(1).map(Number)
  return { accepted, ready, lost, duplicatedEffects }
}

export type PrintedFigures = Omit<Figures, 'repeatedEvents' | 'findings'>
