import t from 'tap'
import { modelEnvironment } from '../../model/model-environment.ts'
import { alarmCases, periods, type Values } from './alarm-cases.ts'
import { type EvaluatedAlarm, isAlarming, type Series } from './evaluate-alarm.ts'

const alarms = modelEnvironment('dev').flatMap(({ stack, resources, parameters }) =>
  Object.entries(resources)
    .filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm')
    .map(([id, { Properties }]) => {
      const alarm = Properties as unknown as EvaluatedAlarm
      return {
        name: `${stack} ${id}`,
        alarm: { ...alarm, Threshold: parameters[alarm.Threshold] ?? alarm.Threshold } as EvaluatedAlarm,
      }
    }),
)

t.test('each alarm has cases', async (t) => {
  t.strictSame(alarms.map(({ name }) => name).sort(), Object.keys(alarmCases).sort())
})

for (const { name, alarm } of alarms) {
  t.test(name, async (t) => {
    const { calm, trouble, noData } = alarmCases[name] ?? { calm: [], trouble: [] }
    for (const values of calm)
      t.notOk(isAlarming(alarm, repeat(values)), `stays silent for ${JSON.stringify(values)}`)
    for (const values of trouble)
      t.ok(isAlarming(alarm, repeat(values)), `fires for ${JSON.stringify(values)}`)
    const empty = Object.fromEntries(Object.keys(calm[0] ?? {}).map((id) => [id, undefined]))
    t.equal(
      isAlarming(alarm, repeat(empty)),
      noData === 'alarm',
      'fires without data only if the case expects it',
    )
  })
}

function repeat(values: Values): Series {
  return Object.fromEntries(
    Object.entries(values).map(([id, value]) => [
      id,
      Array.isArray(value) ? value : Array(periods).fill(value),
    ]),
  )
}
