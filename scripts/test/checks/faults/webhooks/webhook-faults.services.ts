import t from 'tap'
import { runScript } from '../../../../checks/faults/run-script.ts'

// Addresses and signatures have tests of their own in processor/test/webhooks/send. A tenth of what `npm run faults -- webhooks` does. Whether one receiver slows down another is judged there, on an idle machine.
for (const [name, expected] of [
  ['receivers-failing', 400],
  ['delivery-killed', 200],
] as const) {
  t.test(`${name}: every event arrives, and every request has the id of its event`, async (t) => {
    const { webhookFigures, lines } = await runScript(`webhooks/${name}`, () => {}, ['--images=200'])
    t.match(webhookFigures, { expected, right: expected, lost: 0 }) || t.comment(lines.join('\n'))
  })
}
