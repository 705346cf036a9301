import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { findTool } from '../../services/find-tool.ts'
import { runTool } from '../../services/run-tool.ts'

const version = '4.0.2'
const timeoutMs = 15 * 60_000

/**
 * Installs AWS's runtime client for Node, the one of `nodejs24.x`, unless it is cached. Its native part is compiled against the
 * headers of the current Node. Returns the path of its program.
 */
export async function installRuntime(cache: string): Promise<string> {
  const directory = join(cache, `runtime-${version}-node-${process.versions.node}`)
  const packageIn = (folder: string) => join(folder, 'node_modules/aws-lambda-ric')
  const program = join(packageIn(directory), 'index.mjs')
  if (existsSync(program)) return program
  for (const tool of ['make', 'cmake', 'compiler', 'python'] as const) findTool(tool)
  console.log('compiling the Lambda runtime client; this takes a few minutes the first time …')

  const staging = `${directory}.part`
  await rm(staging, { recursive: true, force: true })
  await mkdir(staging, { recursive: true })
  await writeFile(join(staging, 'package.json'), JSON.stringify(manifest))
  await runTool('npm', ['install', '--prefix', staging, '--foreground-scripts'], {
    task: 'Compiling the Lambda runtime client',
    log: join(cache, 'runtime-npm.log'),
    timeoutMs,
    // The npm package that provides Node includes the headers.
    environment: { npm_config_nodedir: dirname(dirname(process.execPath)) },
  })
  await rename(staging, directory)
  return program
}

const manifest = {
  private: true,
  dependencies: { 'aws-lambda-ric': version },
  allowScripts: { 'aws-lambda-ric': true },
}
