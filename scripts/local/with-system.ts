import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LocalSystem, startSystem } from './start-system.ts'

/** Tests share the CPU, and programs without retries call the gateway. Load shedding has its own test. */
export const withoutLoadShedding = { MAX_EVENT_LOOP_DELAY_MS: '60000' }

/** Starts a separate system on a free port, runs `use`, then stops it and removes its data. */
export async function withSystem<T>(
  use: (system: LocalSystem) => Promise<T>,
  settings: Record<string, string> = {},
): Promise<T> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'hashgate-system-'))
  try {
    const system = await startSystem({
      dataDirectory,
      port: 0,
      settings: { ...withoutLoadShedding, ...settings },
    })
    try {
      return await use(system)
    } finally {
      await system.close()
    }
  } finally {
    await rm(dataDirectory, { recursive: true, force: true })
  }
}
