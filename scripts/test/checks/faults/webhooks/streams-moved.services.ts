import t from 'tap'
import { runScript } from '../../../../checks/faults/run-script.ts'

t.test(
  'a gateway closes with 500 open streams: every client receives the final state of each image',
  async (t) => {
    const { code, lines, webhookFigures } = await runScript('webhooks/streams-moved', () => {})
    if (code !== 0) t.comment(lines.join('\n'))
    t.match(webhookFigures, { expected: 1_500, right: 1_500, lost: 0, remark: /^500 streams moved/ })
    t.equal(code, 0)
  },
)
