/**
 * The DNS of a receiver answers with a forbidden address after the endpoint was registered: each must be refused, and no connection
 * may be opened.
 */
import { subscribe } from 'node:diagnostics_channel'
import { checkWebhookUrl } from '../../../../core/webhooks/check-webhook-url.ts'
import { receiverRules } from '../../../../core/webhooks/receiver-rules.ts'
import { generateSecret } from '../../../../core/webhooks/webhook-endpoint.ts'
import { sendWebhook } from '../../../../processor/webhooks/send/send-webhook.ts'
import { answersWith, forbiddenAddresses } from '../../../testkit/webhooks/forbidden-addresses.ts'
import { runWebhookFault } from './run-webhook-fault.ts'

const url = 'https://hooks.example.com:8443/hooks'
const rules = receiverRules({ WEBHOOK_ALLOW_NETWORKS: '', NODE_ENV: 'production' })
const request = { url, rules, body: '{}', eventId: 'e1', secrets: [generateSecret()] }

const all = forbiddenAddresses.flatMap(answersWith)

await runWebhookFault({ images: all.length, seconds: 120 }, async () => {
  let connections = 0
  subscribe('net.client.socket', () => {
    connections += 1
  })
  const findings = checkWebhookUrl(url, rules) === undefined ? [] : ['the URL could not be registered']
  let right = 0
  for (const answers of all) {
    const { outcome } = await sendWebhook({ ...request, nowMs: Date.now(), resolve: async () => answers })
    if (outcome === 'refused') right += 1
    else findings.push(`${answers.join(' and ')} was not refused: ${outcome}`)
  }
  if (connections > 0) findings.push(`${connections} connections were opened`)
  const remark = `${forbiddenAddresses.length} forms of addresses, ${connections} connections`
  return { expected: all.length, right, lost: all.length - right, repeated: 0, remark, findings }
})
