import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LocalSystem, startSystem } from './start-system.ts'

/** Starts a system of its own on a free port, uses it, and leaves nothing of it behind. @param settings of both rooms */
export async function withSystem<T>(
  use: (system: LocalSystem) => Promise<T>,
  settings: Record<string, string> = {},
): Promise<T> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'hashgate-system-'))
  try {
    const system = await startSystem({ dataDirectory, port: 0, settings })
    try {
      return await use(system)
    } finally {
      await system.close()
    }
  } finally {
    await rm(dataDirectory, { recursive: true, force: true })
  }
}
