import { readdir, readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { spawnChild, stopChild } from '../../local/spawn-child.ts'

/** Starts an embedded Kafka that can be paused. While paused, its connections stay open and it does not respond. */
export async function startPausableKafka(t: Test) {
  const child = spawnChild(new URL('../../local/kafka-mock.ts', import.meta.url), {})
  t.teardown(async () => {
    child.kill('SIGCONT')
    await stopChild(child)
  })

  /** Resolves once every thread has stopped, because a thread responds until the signal reaches it. */
  async function pause(): Promise<void> {
    child.kill('SIGSTOP')
    while (!(await isStopped(child.pid))) await sleep(5)
  }

  if (!child.stdout) throw new Error('the embedded Kafka has no stdout')
  for await (const line of createInterface({ input: child.stdout })) {
    const [, brokers] = /replaced with (127\.0\.0\.1:\d+)/.exec(line) ?? []
    if (brokers) return { brokers, pause, resume: () => child.kill('SIGCONT') }
  }
  throw new Error('the embedded Kafka ended before it was ready')
}

/** Reads from Linux's /proc whether every thread has stopped. The embedded Kafka has no build for other systems. */
async function isStopped(pid: number | undefined): Promise<boolean> {
  const threads = await readdir(`/proc/${pid}/task`)
  const stateOf = (thread: string) =>
    readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8').catch(() => 'ended')
  return (await Promise.all(threads.map(stateOf))).every((state) => /\) T /.test(state))
}
