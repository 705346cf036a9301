import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../reprocess.ts', import.meta.url))

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** Starts `npm run reprocess` from the command line, without npm. */
export function startReprocess(args: string[], environment: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', program, ...args], {
    env: { ...process.env, ...environment },
  })
  const output = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].on('data', (text) => {
      output[stream] += text
    })
  }
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, ...output })))
  return { interrupt: () => child.kill('SIGINT'), ended }
}

export const runReprocess = (...call: Parameters<typeof startReprocess>): Promise<Ended> =>
  startReprocess(...call).ended
