/** Whether a broker answered that it does not have the topic. kafkajs wraps the error after its retries. */
export function isUnknownTopic(error: unknown): boolean {
  const { type, cause } = (error ?? {}) as { type?: string; cause?: unknown }
  return type === 'UNKNOWN_TOPIC_OR_PARTITION' || (cause !== undefined && isUnknownTopic(cause))
}
