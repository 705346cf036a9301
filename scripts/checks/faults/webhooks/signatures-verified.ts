/** A receiver verifies signatures with the public package. It must accept all of them, but none with a changed body or a timestamp six minutes old. */
import { verifySignatures } from '../../../testkit/webhooks/verify-signatures.ts'
import { runWebhookFault } from './run-webhook-fault.ts'

await runWebhookFault({ images: 10_000, seconds: 120 }, async ({ images: expected }) => {
  const { accepted: right, acceptedChanged, acceptedOld } = verifySignatures(expected)
  const remark = `accepted ${acceptedChanged} changed bodies and ${acceptedOld} old timestamps`
  const findings = acceptedChanged + acceptedOld > 0 ? [remark] : []
  return { expected, right, lost: expected - right, repeated: 0, remark, findings }
})
