import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Test } from 'tap'
import { readStartMark } from '../../../services/process/process-record.ts'

/** Starts a process that only waits. @param ignoredSignal a signal that the process ignores */
export async function startSleeper(t: Test, ignoredSignal?: NodeJS.Signals) {
  const ignoring = ignoredSignal ? `process.on('${ignoredSignal}', () => {});` : ''
  const script = `${ignoring} setInterval(() => {}, 60_000); console.log('ready')`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  await once(child.stdout, 'data')
  const end = async () => {
    child.kill('SIGKILL')
    await ended
  }
  t.teardown(end)
  const pid = child.pid ?? 0
  return { name: 'sleeper', pid, startMark: readStartMark(pid) ?? '', child, end }
}
