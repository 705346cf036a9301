import type { ReceiverRules } from '../../../core/webhooks/receiver-rules.ts'
import type { GatewayDependencies } from '../../http/dependencies.ts'
import type { TenantWebhooks } from '../../webhooks/tenant-webhooks.ts'

/** The dependencies of the webhook routes. */
export interface WebhookRouteOptions extends Pick<GatewayDependencies, 'audit' | 'now'> {
  webhooks: TenantWebhooks
  /** Which URLs an endpoint may have. */
  rules: ReceiverRules
}

export const webhookTags = ['webhooks']

/** Fits an endpoint with the longest URL and description, in any JSON notation. */
export const webhookBodyLimitBytes = 16 * 1024
