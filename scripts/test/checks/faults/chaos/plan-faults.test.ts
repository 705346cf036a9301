import t from 'tap'
import { faultKinds, kindNames } from '../../../../checks/faults/chaos/fault-kinds.ts'
import { planFaults } from '../../../../checks/faults/chaos/plan-faults.ts'

t.test('a seed repeats its plan; another seed gives another', async (t) => {
  t.strictSame(planFaults(42, 10), planFaults(42, 10))
  t.notSame(planFaults(42, 10), planFaults(43, 10))
  const start = planFaults(42, 2)
  t.strictSame(start, planFaults(42, 10).slice(0, start.length), 'a shorter run is its beginning')
})

t.test('ten minutes have every kind, within its bounds and one at a time on a target', async (t) => {
  for (const seed of Array.from({ length: 50 }, (_, number) => number * 7_919)) {
    const plan = planFaults(seed, 10)
    const missing = kindNames.filter((kind) => !plan.some((fault) => fault.kind === kind))
    t.strictSame(missing, [], `seed ${seed} has every kind`)
    const busyUntil = new Map<string, number>()
    for (const { kind, atSeconds, seconds, choice } of plan) {
      const { target, seconds: bounds } = faultKinds[kind]
      if (atSeconds < (busyUntil.get(target) ?? 0)) t.fail(`seed ${seed}: two faults of ${target} at once`)
      if (atSeconds >= 600 || seconds < bounds[0] || seconds > bounds[1] || choice < 0 || choice > 999)
        t.fail(`seed ${seed}: ${kind} at ${atSeconds} s for ${seconds} s, choice ${choice}`)
      busyUntil.set(target, atSeconds + seconds)
    }
  }
})
