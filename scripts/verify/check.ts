import type { Target } from './target.ts'

/** One promise of a deployed system, as a sentence, and how it is tried. */
export interface Check {
  promise: string
  /** What an operator should look at when it is broken. */
  diagnosis: string
  /** Without it nothing that follows means anything. */
  isVital?: boolean
  /** @throws Broken when the promise is, Skipped when it cannot be tried */
  run: (target: Target) => Promise<void>
}

/** The promise is broken: the message says what was found. */
export class Broken extends Error {
  override readonly name = 'Broken'
}

/** Not tried: the message says why. */
export class Skipped extends Error {
  override readonly name = 'Skipped'
}

export function expect(holds: boolean, found: string): asserts holds {
  if (!holds) throw new Broken(found)
}
