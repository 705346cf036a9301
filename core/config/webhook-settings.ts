import { Type } from 'typebox'

/** The gateway checks the URLs of webhooks when they are registered, and the processor at each try, by the same rules. */
export const webhookSettings = {
  NODE_ENV: Type.String({
    default: '',
    description:
      'With `production` the gateway refuses to start when `AUTH=none`, and no webhook may use `http`. Set it for the gateway and the processor alike.',
  }),
  WEBHOOK_ALLOW_NETWORKS: Type.String({
    default: '',
    description:
      'Networks that webhooks may reach in addition to public addresses: IP addresses or CIDRs, separated by commas, such as `10.0.0.0/16`. Set it for the gateway and the processor alike. Empty: public addresses only.',
  }),
}
