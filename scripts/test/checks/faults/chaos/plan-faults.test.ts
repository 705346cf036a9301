import t from 'tap'
import { faultKinds, kindNames } from '../../../../checks/faults/chaos/fault-kinds.ts'
import { planFaults } from '../../../../checks/faults/chaos/plan-faults.ts'

t.test('the same seed gives the same plan, and another seed another one', async (t) => {
  t.strictSame(planFaults(42, 10), planFaults(42, 10))
  t.notSame(planFaults(42, 10), planFaults(43, 10))
  const start = planFaults(42, 2)
  t.strictSame(
    start,
    planFaults(42, 10).slice(0, start.length),
    'the plan of a shorter run is the beginning of a longer one',
  )
})

t.test(
  'a plan of ten minutes has every kind within its bounds, and one fault at a time per target',
  async (t) => {
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
  },
)
