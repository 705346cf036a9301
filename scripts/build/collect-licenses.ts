import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

const licenceFile = /^(licen[cs]e|copying|notice)/i
const rule = '-'.repeat(80)

/** Collects the licences of bundled packages, whose own licence files are not in the zip. @param folders relative to `root` */
export async function collectLicenses(root: string, folders: string[]): Promise<Uint8Array> {
  const notices = await Promise.all(folders.map((folder) => describePackage(join(root, folder))))
  return Buffer.from([...new Set(notices)].sort().join(`\n${rule}\n\n`))
}

async function describePackage(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  const entries = await readdir(folder, { withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && licenceFile.test(entry.name))
  const texts = await Promise.all(files.map(({ name }) => readFile(join(folder, name), 'utf8')))
  return [`${name} ${version}, ${license}\n`, ...texts].join('\n')
}
