import { setTimeout as sleep } from 'node:timers/promises'
import type { FaultRun } from '../run-fault.ts'
import { type FaultKind, faultKinds } from './fault-kinds.ts'
import type { PlannedFault } from './plan-faults.ts'

/** Starts a fault. @returns the function that repairs it */
export type Inject = (choice: number) => Promise<Repair>

export type Repair = () => unknown

/** A fault that happened. */
export interface InjectedFault {
  kind: FaultKind
  /** Time from its start until it was repaired. */
  seconds: number
}

/**
 * Injects the planned faults at their times and repairs each. A fault whose target is still being repaired waits. When `signal` is
 * aborted, the remaining faults are left out.
 */
export async function injectFaults(
  planned: PlannedFault[],
  injectors: Record<FaultKind, Inject>,
  { say, signal }: Pick<FaultRun, 'say' | 'signal'>,
): Promise<InjectedFault[]> {
  const startedAt = performance.now()
  const injected: InjectedFault[] = []
  const repairs = new Map<string, Promise<void>>()

  async function inject({ kind, seconds, choice }: PlannedFault): Promise<void> {
    const faultAt = performance.now()
    say(`${kind} for ${seconds} s`)
    const repair = await injectors[kind](choice)
    try {
      await sleep(seconds * 1_000, undefined, { signal }).catch(() => {})
    } finally {
      await repair()
    }
    injected.push({ kind, seconds: (performance.now() - faultAt) / 1_000 })
  }

  for (const fault of planned) {
    const waitMs = startedAt + fault.atSeconds * 1_000 - performance.now()
    await sleep(Math.max(0, waitMs), undefined, { signal }).catch(() => {})
    if (signal.aborted) break
    const { target } = faultKinds[fault.kind]
    const repaired = (repairs.get(target) ?? Promise.resolve()).then(() => inject(fault))
    // Handled by the `all` below; until then it must not count as unhandled.
    repaired.catch(() => {})
    repairs.set(target, repaired)
  }
  await Promise.all(repairs.values())
  return injected
}
