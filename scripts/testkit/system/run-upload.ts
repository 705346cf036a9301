import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FileResult } from '../../../openapi/packages/cli/src/upload/upload-files.ts'

interface Options {
  gateway?: string
  key?: string
  /** Working directory, with the `.data` of the local system. */
  directory?: string
}

/** Runs the program of `npm run upload` without npm. */
export const runUpload = (args: string[], options: Options) => run('upload.ts', args, options)

/** Runs the program of `npm run images` without npm. */
export const runImages = (args: string[], options: Options) => run('images.ts', args, options)

function run(name: string, args: string[], { gateway, key, directory }: Options) {
  const program = fileURLToPath(new URL(`../../${name}`, import.meta.url))
  const where = gateway && key ? ['--gateway', gateway, '--key', key] : []
  const env = { ...process.env, ...(directory && { HASHGATE_DATA: join(directory, '.data') }) }
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [program, ...where, ...args],
      { cwd: directory, env },
      (_, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
  })
}

export async function runUploadJson(paths: string[], options: Options) {
  const { code, stdout, stderr } = await runUpload(['--json', ...paths], options)
  const results = stdout
    .split('\n')
    .filter(Boolean)
    .map((line): FileResult => JSON.parse(line))
  return { code, stderr, results: results.toSorted((a, b) => (a.file < b.file ? -1 : 1)) }
}
