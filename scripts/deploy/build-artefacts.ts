import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const project = fileURLToPath(new URL('../..', import.meta.url))

/** Runs `npm run build`. @throws Error if it fails; the build prints the reason */
export async function buildArtefacts(): Promise<void> {
  const build = spawn('npm', ['run', '--silent', 'build'], { cwd: project, stdio: 'inherit' })
  const [code] = await once(build, 'close')
  if (code !== 0) throw new Error('Nothing was deployed: the build failed.')
}
