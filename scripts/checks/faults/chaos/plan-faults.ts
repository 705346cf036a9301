import { createRandom, type Random } from '../../../testkit/hostile/create-random.ts'
import { type FaultKind, faultKinds, kindNames } from './fault-kinds.ts'

export interface PlannedFault {
  kind: FaultKind
  /** Seconds since the start of the run. */
  atSeconds: number
  seconds: number
  /** 0 to 999: chooses one of several brokers or workers, or how far a clock jumps. */
  choice: number
}

/** Seconds between the starts of two faults. */
const gap = [4, 12] as const
/** Seconds that a target has to recover before its next fault. A broker takes longest to start. */
const recoverySeconds = 10

/**
 * Plans random faults of all kinds for a run of `minutes`. The same seed gives the same plan. Every kind occurs once, in
 * random order, before any kind is repeated, unless its target is still busy.
 */
export function planFaults(seed: number, minutes: number): PlannedFault[] {
  const random = createRandom(seed)
  const freeAt = new Map<string, number>()
  const planned: PlannedFault[] = []
  let deck: FaultKind[] = []
  for (let atSeconds = pick(random, gap); atSeconds < minutes * 60; atSeconds += pick(random, gap)) {
    const isFree = (kind: FaultKind) => (freeAt.get(faultKinds[kind].target) ?? 0) <= atSeconds
    if (!deck.some(isFree)) deck = [...deck, ...shuffle(random, kindNames)]
    const kind = deck.find(isFree)
    if (!kind) continue
    deck.splice(deck.indexOf(kind), 1)
    const seconds = pick(random, faultKinds[kind].seconds)
    planned.push({ kind, atSeconds, seconds, choice: random(1_000) })
    freeAt.set(faultKinds[kind].target, atSeconds + seconds + recoverySeconds)
  }
  return planned
}

const pick = (random: Random, [from, to]: readonly [number, number]) => from + random(to - from + 1)

/** Fisher–Yates shuffle. */
function shuffle<T>(random: Random, items: readonly T[]): T[] {
  const shuffled = [...items]
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = random(last + 1)
    const item = shuffled[last] as T
    shuffled[last] = shuffled[other] as T
    shuffled[other] = item
  }
  return shuffled
}
