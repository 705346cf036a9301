import type { Test } from 'tap'
import { createTestApp, withKey } from '../../../scripts/testkit/create-test-app.ts'
import { createEventSource } from '../../../scripts/testkit/streams/create-event-source.ts'
import { openEventStream } from '../../../scripts/testkit/streams/open-event-stream.ts'
import type { streamLimits } from '../../live-events/stream-limits.ts'

interface StartOptions {
  limits?: Partial<typeof streamLimits>
  isUp?: boolean
  config?: Parameters<typeof createTestApp>[1] extends { config?: infer C } | undefined ? C : never
}

/** The gateway on a port, with events and seconds that the test controls. */
export async function startEventStreams(t: Test, { limits, isUp, config }: StartOptions = {}) {
  const source = createEventSource({ isUp })
  let tick = () => {}
  const everySecond = (callback: () => void) => {
    tick = callback
    return () => {
      tick = () => {}
    }
  }
  const liveEvents = { ...source, limits, everySecond, random: () => 0 }
  const made = await createTestApp(t, { config, dependencies: { liveEvents } })
  const url = await made.app.listen({ port: 0, host: '127.0.0.1' })
  const open = async (query = '', headers: Record<string, string> = withKey) => {
    const stream = await openEventStream(`${url}/v1/events${query}`, headers)
    t.teardown(stream.close)
    return stream
  }
  const pass = (seconds: number) => {
    for (let second = 0; second < seconds; second++) tick()
  }
  const metric = async (name: string) => {
    const text = (await made.admin.inject('/metrics')).body
    return Number(
      text
        .split('\n')
        .find((line) => line.startsWith(name))
        ?.split(' ')
        .at(-1) ?? 0,
    )
  }
  return { ...made, source, url, open, pass, metric }
}

export const imageOf = (digit: string) => digit.repeat(64)
