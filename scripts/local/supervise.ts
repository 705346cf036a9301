import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { spawnChild, stopChild } from './spawn-child.ts'

/** What a service says when it is ready. */
export interface Addresses {
  url: string
  /** Of the gateway's port for operators. */
  adminUrl?: string
}

interface SuperviseOptions {
  name: string
  program: URL
  environment: () => Record<string, string>
  logFile: string
  /** Called after every start, with the URL that the child listens on. */
  onReady: (addresses: Addresses) => void
  onRestart: (name: string) => void
}

const restartDelayMs = 300

/**
 * Keeps one of our services running: a service that ends by itself is started again. It says that it is ready with an
 * IPC message `{ ready: true, url, adminUrl? }`.
 * @throws Error with the end of its log when it does not get ready the first time
 */
export async function supervise(options: SuperviseOptions) {
  const { name, program, environment, logFile, onReady, onRestart } = options
  let child: ChildProcess
  let stopping = false

  async function start(): Promise<void> {
    const output = openSync(logFile, 'a')
    child = spawnChild(program, { environment: environment(), output })
    closeSync(output)
    onReady(await becomeReady(child))
    child.once('exit', restart)
  }

  async function restart(): Promise<void> {
    for (;;) {
      await sleep(restartDelayMs)
      if (stopping) return
      onRestart(name)
      if (
        await start().then(
          () => true,
          () => false,
        )
      )
        return
    }
  }

  async function stop(): Promise<void> {
    stopping = true
    await stopChild(child)
  }

  try {
    await start()
  } catch {
    throw new Error(`${name} did not start:\n${lastLines(logFile)}`)
  }
  return { stop, pid: () => child.pid }
}

function becomeReady(child: ChildProcess): Promise<Addresses> {
  return new Promise((resolve, reject) => {
    child.once('exit', reject)
    child.on('message', ({ ready, url, adminUrl }: Partial<Addresses> & { ready?: boolean }) => {
      if (!ready || !url) return
      child.off('exit', reject)
      resolve({ url, adminUrl })
    })
  })
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-8).join('\n')
}
