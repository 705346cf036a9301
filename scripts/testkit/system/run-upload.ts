import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { FileResult } from '../../upload/upload-files.ts'

const program = fileURLToPath(new URL('../../upload.ts', import.meta.url))

interface Options {
  gateway?: string
  key?: string
  /** Working directory, where it looks for `.data/local.json`. */
  directory?: string
}

/** Runs the program of `npm run upload` without npm. */
export function runUpload(args: string[], { gateway, key, directory }: Options) {
  const where = gateway && key ? ['--gateway', gateway, '--key', key] : []
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [program, ...where, ...args],
      { cwd: directory },
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
