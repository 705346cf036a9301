import { cachedFor } from '../cached-for.ts'
import type { Logger } from './logger.ts'

export interface WatchedDependency {
  /** Its name in the log, such as `The raw bucket`. */
  title: string
  /** Resolves when the dependency can be used. */
  ping: (signal: AbortSignal) => Promise<unknown>
  /** A sentence for the operator: which settings to check after this error. */
  advise: (error: Error) => string
}

type Watched = Record<string, WatchedDependency | undefined>

interface DependencyState {
  state: 'up' | 'down'
  latencyMs: number
}

/** The part of a Fastify instance that is used here. */
interface Server {
  addHook(name: 'onListen' | 'preClose', hook: () => Promise<void>): unknown
}

/** Long, because a busy machine is slow during start-up. */
const startTimeoutMs = 10_000
const probeTimeoutMs = 1_500
/** Anyone can request readiness often, so the dependencies are checked at most once per interval. */
const probeLifetimeMs = 1_000

/**
 * Checks dependencies when the server starts to listen, and returns a function that checks them again for its readiness. The start
 * does not wait for a dependency.
 */
export function watchWhileListening<W extends Watched>(server: Server, watched: W, logger: Logger) {
  const { check, stop } = watchDependencies(watched, logger)
  server.addHook('onListen', async () => void check(startTimeoutMs))
  server.addHook('preClose', async () => stop())
  return cachedFor(probeLifetimeMs, () => check(probeTimeoutMs))
}

/**
 * Without Kafka a process still does its work and its events are kept, so a load balancer must not take it out of service: it is only
 * `degraded`.
 */
export function summarizeReadiness({ events, ...needed }: Record<string, DependencyState>) {
  if (Object.values(needed).some(({ state }) => state === 'down')) return 'unavailable'
  return events?.state === 'down' ? 'degraded' : 'ready'
}

/**
 * Checks dependencies and logs each change of state: one line with the cause and the settings to check when a dependency is down,
 * and one line when it is back.
 */
export function watchDependencies<W extends Watched>(watched: W, logger: Logger) {
  const known = new Map<string, DependencyState['state']>()
  let isStopped = false

  /** Checks all dependencies at once. Never rejects. @param timeoutMs after which a dependency counts as down */
  async function check(timeoutMs: number): Promise<{ [Name in keyof W]: DependencyState }> {
    const states = await Promise.all(
      Object.entries(watched).flatMap(([name, dependency]) =>
        dependency ? [checkOne(name, dependency, timeoutMs)] : [],
      ),
    )
    return Object.fromEntries(states) as { [Name in keyof W]: DependencyState }
  }

  async function checkOne(name: string, dependency: WatchedDependency, timeoutMs: number) {
    const startedAt = performance.now()
    const error = await tryPing(dependency.ping, timeoutMs)
    const state = error ? 'down' : 'up'
    if (!isStopped) logChange(name, dependency, state, error)
    return [name, { state, latencyMs: Math.round((performance.now() - startedAt) * 10) / 10 }] as const
  }

  function logChange(
    dependency: string,
    { title, advise }: WatchedDependency,
    state: DependencyState['state'],
    err: Error | undefined,
  ) {
    const before = known.get(dependency)
    known.set(dependency, state)
    if (state === before) return
    const fields = { operation: 'check', dependency }
    if (err) logger.error({ ...fields, err }, `${title} is unavailable: ${describe(err)}. ${advise(err)}`)
    else if (before) logger.info(fields, `${title} is available again.`)
  }

  /** Ends logging; a check that fails because its client was closed is not logged. */
  function stop(): void {
    isStopped = true
  }

  return { check, stop }
}

/** Returns the error that explains why the dependency cannot be used, if it cannot. */
async function tryPing(ping: WatchedDependency['ping'], timeoutMs: number): Promise<Error | undefined> {
  const signal = AbortSignal.timeout(timeoutMs)
  const timeout = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error(`no response within ${timeoutMs} ms`)))
  })
  try {
    // Called in a promise, so that a ping that throws at once leaves no rejection of `timeout` unhandled.
    await Promise.race([timeout, Promise.resolve(signal).then(ping)])
    return undefined
  } catch (error) {
    return innermost(error)
  }
}

/** Errors that only wrap another one: ours, kafkajs's after its last retry, and that of `fetch`. */
const wrappers = ['DependencyUnavailable', 'KafkaJSNumberOfRetriesExceeded', 'TypeError']

/** Node wraps one error per address of a host in an AggregateError. */
function innermost(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error))
  if (error instanceof AggregateError && error.errors.length > 0) return innermost(error.errors[0])
  return wrappers.includes(error.name) && error.cause ? innermost(error.cause) : error
}

function describe({ name, message }: Error): string {
  const text = message.replace(/\.\s*$/, '')
  return name === 'Error' || text.includes(name) ? text : `${name}: ${text}`
}
