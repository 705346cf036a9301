/** Users of the services' Kafka with the rights that the components have in production. They have the super user's password. */
export const componentUsers = {
  gateway: 'hashgate-gateway',
  processor: 'hashgate-processor',
  webhooks: 'hashgate-webhooks',
}
