import type { ChildProcess } from 'node:child_process'
import { closeSync, existsSync, openSync, renameSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { readLogTail } from '../services/read-log-tail.ts'
import { spawnChild, stopChild } from './spawn-child.ts'

/** The addresses that a program reports when it is ready. */
export interface Addresses {
  /** Empty for a program that does not listen. */
  url: string
  /** URL of the gateway's admin port. */
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
 * Runs a program as a child process and restarts it when it exits unexpectedly. The child reports
 * readiness by an IPC message `{ ready: true, url?, adminUrl? }`. The log has the output of this run, including restarts; the previous
 * log is kept as `….previous.log`.
 * @throws Error with the end of the log when the first start fails
 */
export async function supervise(options: SuperviseOptions) {
  const { name, program, environment, logFile, onReady, onRestart } = options
  let child: ChildProcess
  let isReady = false
  let stopping = false

  async function start(): Promise<void> {
    const output = openSync(logFile, 'a')
    child = spawnChild(program, { environment: environment(), output })
    closeSync(output)
    onReady(await becomeReady(child))
    isReady = true
    child.once('exit', restart)
  }

  async function restart(): Promise<void> {
    isReady = false
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

  setAside(logFile)
  try {
    await start()
  } catch {
    throw new Error(`The ${name} did not start.\n${await readLogTail(logFile)}`)
  }
  /** Undefined while the program starts, so that a test that kills it repeatedly lets it work in between. */
  const pid = () => (isReady ? child.pid : undefined)
  return { stop, pid }
}

function setAside(logFile: string): void {
  if (existsSync(logFile)) renameSync(logFile, logFile.replace(/\.log$/, '.previous.log'))
}

function becomeReady(child: ChildProcess): Promise<Addresses> {
  return new Promise((resolve, reject) => {
    child.once('exit', reject)
    child.on('message', ({ ready, url = '', adminUrl }: Partial<Addresses> & { ready?: boolean }) => {
      if (!ready) return
      child.off('exit', reject)
      resolve({ url, adminUrl })
    })
  })
}
