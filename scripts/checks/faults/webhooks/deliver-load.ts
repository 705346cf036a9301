import { setTimeout as sleep } from 'node:timers/promises'
import type { FaultRun } from '../run-fault.ts'
import { waitUntil } from '../wait-until.ts'
import type { Receiver } from './start-receiver.ts'
import type { WebhookSystem } from './start-webhook-system.ts'

/** A tenant with its one receiver. */
export interface Recipient {
  tenant: string
  receiver: Receiver
}

export interface Load extends Pick<FaultRun, 'images' | 'signal'> {
  perSecond: number
}

interface Registered extends Recipient {
  endpointId: string
}

/** The results of the events of a load. */
export interface LoadResult {
  expected: number
  /** Events that their receiver accepted and that the delivery log lists as delivered. */
  right: number
  repeated: number
  findings: string[]
  /** Milliseconds from the event to its receiver, by tenant, in ascending order. */
  latencies: Map<string, number[]>
}

const refusalsToShow = 3

/**
 * Publishes the results of images for the tenants in turn, at an even pace, and waits until every receiver has accepted all of its
 * events, or the run ends.
 */
export async function deliverLoad(
  system: WebhookSystem,
  recipients: Recipient[],
  { images, perSecond, signal }: Load,
): Promise<LoadResult> {
  const registered = await Promise.all(recipients.map((recipient) => register(system, recipient)))
  const published = await publishAll(system, registered, { images, perSecond, signal })
  const isDone = () => published.every(([{ receiver }, id]) => receiver.received.get(id)?.accepted)
  await waitUntil(isDone, signal)
  return judge(system, registered, published, signal)
}

async function register({ addEndpoint }: WebhookSystem, recipient: Recipient): Promise<Registered> {
  const { endpointId, secrets } = await addEndpoint(recipient.tenant, recipient.receiver.url)
  recipient.receiver.expectSecret(secrets[0]?.secret ?? '')
  return { ...recipient, endpointId }
}

async function publishAll(
  { publishResult }: WebhookSystem,
  recipients: Registered[],
  { images, perSecond, signal }: Load,
): Promise<[Registered, string][]> {
  const startedAt = Date.now()
  const published: Promise<[Registered, string]>[] = []
  for (let number = 0; number < images; number++) {
    await sleep(Math.max(0, startedAt + (number / perSecond) * 1_000 - Date.now()), undefined, { signal })
    const recipient = recipients[number % recipients.length] as Registered
    published.push(publishResult(recipient.tenant, number).then((id) => [recipient, id]))
  }
  return Promise.all(published)
}

async function judge(
  { store }: WebhookSystem,
  recipients: Registered[],
  published: [Registered, string][],
  signal: AbortSignal,
): Promise<LoadResult> {
  const statusOf = ({ endpointId }: Registered, eventId: string) =>
    store.deliveries.find({ endpointId, eventId }).then((delivery) => delivery?.status)
  const isRecorded = async () => (await listUnrecorded()).length === 0
  async function listUnrecorded() {
    const open: string[] = []
    for (const [recipient, id] of published) {
      const status = await statusOf(recipient, id)
      if (status !== 'delivered') open.push(`${recipient.tenant}: ${id} is ${status ?? 'not in the log'}`)
    }
    return open
  }

  // The delivery log is written shortly after the receiver has answered.
  await waitUntil(isRecorded, signal)
  const unrecorded = await listUnrecorded()
  const missing = published.filter(([{ receiver }, id]) => !receiver.received.get(id)?.accepted)
  const entries = recipients.flatMap(({ receiver }) => [...receiver.received.values()])
  const faults = recipients.flatMap(({ tenant, receiver }) =>
    receiver.faults.slice(0, refusalsToShow).map((fault) => `${tenant}: ${fault}`),
  )
  return {
    expected: published.length,
    right: published.length - Math.max(missing.length, unrecorded.length),
    repeated: entries.reduce((sum, { accepted }) => sum + Math.max(0, accepted - 1), 0),
    findings: [
      ...missing.map(([{ tenant }, id]) => `${tenant}: ${id} did not arrive`),
      ...unrecorded,
      ...faults,
    ],
    latencies: new Map(recipients.map(({ tenant, receiver }) => [tenant, latenciesOf(receiver)])),
  }
}

const latenciesOf = ({ received }: Receiver): number[] =>
  [...received.values()].flatMap(({ latencyMs }) => latencyMs ?? []).sort((a, b) => a - b)

/** @param share 0 to 1 */
export const quantile = (sorted: number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
