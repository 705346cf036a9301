import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runProgram } from './run-program.ts'

/** Packs a built package as `npm publish` would. @returns the path of the tarball */
export async function packPackage(folder: string, to: string): Promise<string> {
  const [{ filename }] = JSON.parse(
    await runProgram(folder, ['npm', 'pack', '--json', '--pack-destination', to]),
  )
  return join(to, filename)
}

/** Creates an empty project of ES modules and installs packages into it. @param packages tarballs, or names with exact versions */
export async function createProject(folder: string, packages: string[]): Promise<string> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline']
  await runProgram(folder, ['npm', 'install', ...quiet, ...packages])
  return folder
}
