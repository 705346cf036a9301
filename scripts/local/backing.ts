import type { StoreSettings } from './create-stores.ts'

export type Stop = () => Promise<unknown>

/** The S3, DynamoDB and Kafka under a system, whoever they are. */
export interface Backing {
  /** The settings with which the gateway and the processor find them. */
  environment: StoreSettings & Record<string, string>
  /** Port on which the processor receives S3 notifications, where the S3 has been told before. 0: a free one. */
  processorPort?: number
  /** Tells the S3 where the processor receives its notifications, where it has to be told after. */
  notifyTo?: (url: string) => void
}

/**
 * @param dataDirectory for what this machine itself keeps
 * @param onStop is given what must be done at the end, as soon as it must be done
 */
export type StartBacking = (dataDirectory: string, onStop: (stop: Stop) => void) => Promise<Backing>
