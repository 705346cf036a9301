import { writeFile } from 'node:fs/promises'
import { downServices } from '../../../services/down-services.ts'
import { servicesLayout } from '../../../services/services-layout.ts'
import { upServices } from '../../../services/up-services.ts'
import type { FaultProxy } from '../start-fault-proxy.ts'
import { dynamoDbFaults, s3Faults } from '../store-faults.ts'
import type { FaultKind } from './fault-kinds.ts'
import type { Inject } from './inject-faults.ts'
import { fillDisk, kill, pause, pauseService } from './process-faults.ts'

interface Program {
  pid: () => number | undefined
}

interface Targets {
  gateway: Program
  workers: Program[]
  proxies: { gateway: FaultProxy; s3: FaultProxy; dynamoDb: FaultProxy }
  /** Files with the offset of a clock in milliseconds. */
  clocks: { gateway: string; workers: string[] }
}

const layout = servicesLayout()
const brokers = ['kafka-1', 'kafka-2', 'kafka-3']
const slowMs = 1_500
/** Presigned URLs tolerate this skew: S3 accepts a clock that is 15 minutes ahead, and a URL is valid for 15 minutes. */
const maxClockJumpMs = 5 * 60_000

/** How each fault is injected and repaired. */
export function createInjectors({ gateway, workers, proxies, clocks }: Targets): Record<FaultKind, Inject> {
  const alone = createQueue()
  const bringUp = (...names: string[]) => alone(() => upServices(layout, { names }))
  const stop =
    (pickNames: (choice: number) => string[]): Inject =>
    async (choice) => {
      const names = pickNames(choice)
      await alone(() => downServices(layout, names))
      return () => bringUp(...names)
    }
  /** A service whose disk was full may have exited, as brokers do. */
  const fill =
    (pickName: (choice: number) => string): Inject =>
    async (choice) => {
      const name = pickName(choice)
      const restore = await fillDisk(layout, name)
      return async () => {
        restore()
        await bringUp(name)
      }
    }
  const broker = (choice: number) => pickFrom(brokers, choice)

  return {
    'broker-stopped': stop((choice) => [broker(choice)]),
    'all-brokers-stopped': stop(() => brokers),
    'broker-paused': (choice) => pauseService(layout, broker(choice)),
    's3-paused': () => pauseService(layout, 's3'),
    'dynamodb-paused': () => pauseService(layout, 'dynamodb'),
    's3-failing': withProxy(proxies.s3, (proxy) => proxy.fail(s3Faults)),
    'dynamodb-failing': withProxy(proxies.dynamoDb, (proxy) => proxy.fail(dynamoDbFaults)),
    'gateway-killed': async () => kill(gateway),
    'gateway-paused': async () => pause(gateway.pid()),
    'worker-killed': async (choice) => kill(pickFrom(workers, choice)),
    'worker-paused': async (choice) => pause(pickFrom(workers, choice).pid()),
    'broker-disk-full': fill(broker),
    's3-disk-full': fill(() => 's3'),
    'dynamodb-disk-full': fill(() => 'dynamodb'),
    'gateway-clock': (choice) => moveClock(clocks.gateway, choice),
    'worker-clock': (choice) => moveClock(pickFrom(clocks.workers, choice), choice),
    'gateway-cut': withProxy(proxies.gateway, (proxy) => proxy.cut()),
    's3-cut': withProxy(proxies.s3, (proxy) => proxy.cut()),
    's3-silent': withProxy(proxies.s3, (proxy) => proxy.stall(() => true)),
    's3-slow': withProxy(proxies.s3, (proxy) => proxy.delay(slowMs)),
    'dynamodb-cut': withProxy(proxies.dynamoDb, (proxy) => proxy.cut()),
    'dynamodb-silent': withProxy(proxies.dynamoDb, (proxy) => proxy.stall(() => true)),
    'dynamodb-slow': withProxy(proxies.dynamoDb, (proxy) => proxy.delay(slowMs)),
  }
}

function withProxy(proxy: FaultProxy, start: (proxy: FaultProxy) => void): Inject {
  return async () => {
    start(proxy)
    return proxy.recover
  }
}

/** Moves a clock forward or back by at most five minutes. */
async function moveClock(file: string, choice: number) {
  const offsetMs = Math.round((choice / 500 - 1) * maxClockJumpMs)
  await writeFile(file, String(offsetMs))
  return () => writeFile(file, '0')
}

const pickFrom = <T>(items: T[], choice: number): T => items[choice % items.length] as T

/** Runs one action after another: only one may start or stop services at a time. */
function createQueue() {
  let last: Promise<unknown> = Promise.resolve()
  return (action: () => Promise<void>): Promise<void> => {
    const next = last.then(action)
    last = next.catch(() => {})
    return next
  }
}
