import t from 'tap'
import { runScript } from '../../../../checks/faults/run-script.ts'

// A tenth of the load of `npm run faults -- webhooks`, which also checks, on an idle machine, whether one receiver slows down another.
// Addresses and signatures are tested in processor/test/webhooks/send.
for (const [name, expected] of [
  ['receivers-failing', 400],
  ['delivery-killed', 200],
] as const) {
  t.test(`${name}: every event arrives, and every request has the id of its event`, async (t) => {
    const { webhookFigures, lines } = await runScript(`webhooks/${name}`, () => {}, ['--images=200'])
    t.match(webhookFigures, { expected, right: expected, lost: 0 }) || t.comment(lines.join('\n'))
  })
}
