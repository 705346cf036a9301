import type { StoreSettings } from './create-stores.ts'

export type Stop = () => Promise<unknown>

/** The running S3, DynamoDB and Kafka that a system uses: embedded stand-ins or real services. */
export interface Backing {
  /** Settings with which the gateway and the processor connect to them. */
  environment: StoreSettings & Record<string, string>
  /** Settings that only the gateway or only the processor has: its login on Kafka. */
  logins?: { gateway: Record<string, string>; processor: Record<string, string> }
  /** Port of the processor's S3 webhook, for an S3 that was configured with it beforehand. 0 picks a free port. */
  processorPort?: number
  /** Sets the URL of the processor's S3 webhook, for an S3 that accepts it later. */
  notifyTo?: (url: string) => void
}

/**
 * @param dataDirectory where local data is kept
 * @param onStop registers a clean-up function as soon as there is something to clean up
 */
export type StartBacking = (dataDirectory: string, onStop: (stop: Stop) => void) => Promise<Backing>

/** Waits for every part even if one fails, so that no part starts after the clean-up. */
export async function allStarted<T extends unknown[]>(
  parts: [...{ [K in keyof T]: Promise<T[K]> }],
): Promise<T> {
  await Promise.allSettled(parts)
  return Promise.all(parts) as Promise<T>
}
