/**
 * The faults of webhooks and streams, in the order in which `npm run faults -- webhooks` runs them: the script `‹name›.ts` in this
 * folder for each. A script calls `runWebhookFault`.
 */
export const webhookFaults = [
  'receivers-failing',
  'delivery-killed',
  'addresses-refused',
  'signatures-verified',
  'streams-moved',
] as const satisfies string[]
