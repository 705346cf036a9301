/** `failed`: it is tried again. `refused`: not sent, because the address is not allowed; it is tried again. `gone`: 410. */
export type TryOutcome = 'delivered' | 'failed' | 'refused' | 'gone'

/** Receives the outcomes of webhook deliveries, for metrics. */
export interface WebhookObserver {
  tryFinished(outcome: TryOutcome, durationMs: number): void
  /** The retry window has ended without a success. */
  givenUp(): void
  /** A Kafka message that is not an event. */
  eventUnreadable(): void
  /** Time since the oldest delivery that could be sent became due. */
  oldestDueSeen(ageMs: number): void
}

export const noObserver: WebhookObserver = {
  tryFinished() {},
  givenUp() {},
  eventUnreadable() {},
  oldestDueSeen() {},
}
