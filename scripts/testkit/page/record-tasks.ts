import type { CDPSession, Page } from 'playwright-core'

/** One task of the page's main thread. */
export interface Task {
  /** Time from start to end, including time in which other programs used the CPU. */
  wallMs: number
  /** CPU time of the thread, which other programs do not affect. */
  cpuMs: number
}

interface TraceEvent {
  name: string
  pid: number
  tid: number
  dur?: number
  tdur?: number
  args?: { name?: string }
}

const taskName = 'ThreadControllerImpl::RunTask'

/** Records the tasks of the page's main thread with Chromium's tracing, until the returned function is called. */
export async function recordTasks(page: Page): Promise<() => Promise<Task[]>> {
  const session = await page.context().browser()?.newBrowserCDPSession()
  if (!session) throw new Error('The page is not connected to a browser.')
  await session.send('Tracing.start', {
    transferMode: 'ReturnAsStream',
    traceConfig: { includedCategories: ['toplevel'], excludedCategories: ['*'] },
  })
  return async () => {
    const stream = new Promise<string>((resolve) =>
      session.once('Tracing.tracingComplete', ({ stream }) => resolve(stream ?? '')),
    )
    await session.send('Tracing.end')
    const { traceEvents } = JSON.parse(await readStream(session, await stream))
    await session.detach()
    return findTasks(traceEvents)
  }
}

async function readStream(session: CDPSession, handle: string): Promise<string> {
  let text = ''
  for (;;) {
    const { data, eof, base64Encoded } = await session.send('IO.read', { handle, size: 10_000_000 })
    text += base64Encoded ? Buffer.from(data, 'base64').toString() : data
    if (eof) return text
  }
}

function findTasks(events: TraceEvent[]): Task[] {
  const threadOf = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`
  const mainThreads = new Set(events.filter(({ args }) => args?.name === 'CrRendererMain').map(threadOf))
  return events
    .filter((event) => event.name === taskName && mainThreads.has(threadOf(event)))
    .map(({ dur = 0, tdur = 0 }) => ({ wallMs: dur / 1000, cpuMs: tdur / 1000 }))
}
