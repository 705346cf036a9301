import { topics } from '../../core/events/image-events.ts'
import { type AccessRule, clusterName } from '../../core/kafka/admin/allow-access.ts'
import { webhookEvents } from '../../core/webhooks/webhook-endpoint.ts'
import { streamGroupPrefix, streamTopics } from '../../gateway/live-events/event-feed.ts'

export interface AccessOptions {
  topicPrefix: string
  /** User names on Kafka. A worker processes images and delivers webhooks with one login: give both the same user. */
  users: { gateway: string; processor: string; webhooks: string }
  /** Consumer groups: the worker's and those of Lambda's pollers. */
  groups: { processor: string[]; webhooks: string[] }
}

const { deadLetter, ...eventTopics } = topics

/** The minimal access of the gateway, the processor and the delivery of webhooks on Kafka. The operator is a super user. */
export function describeAccess({ topicPrefix, users, groups }: AccessOptions): AccessRule[] {
  const onTopics = (user: string, operation: 'READ' | 'WRITE', names: readonly string[]) =>
    names.map((name) => ({ user, operation, resource: 'TOPIC' as const, name: topicPrefix + name }))
  const onGroups = (user: string, names: string[]) =>
    names.map((name) => ({ user, operation: 'READ' as const, resource: 'GROUP' as const, name }))
  /** Access of Lambda's pollers beyond topic and group. Source: "Configuring Lambda permissions for Amazon MSK", AWS Lambda Developer Guide. */
  const asPoller = (user: string) =>
    ({ user, operation: 'DESCRIBE_CONFIGS', resource: 'CLUSTER', name: clusterName }) as const
  const ofStream = {
    user: users.gateway,
    resource: 'GROUP',
    name: streamGroupPrefix,
    isPrefix: true,
  } as const
  // Gateway and processor both publish the pending events of a record, whichever of the two recorded them.
  const events = Object.values(eventTopics)
  return [
    ...onTopics(users.gateway, 'WRITE', events),
    ...onTopics(users.gateway, 'READ', streamTopics),
    { ...ofStream, operation: 'READ' },
    { ...ofStream, operation: 'DELETE' },
    ...onTopics(users.processor, 'WRITE', [...events, deadLetter]),
    ...onTopics(users.processor, 'READ', [topics.uploadCompleted]),
    ...onGroups(users.processor, groups.processor),
    asPoller(users.processor),
    ...onTopics(users.webhooks, 'READ', webhookEvents),
    ...onGroups(users.webhooks, groups.webhooks),
    asPoller(users.webhooks),
  ]
}
