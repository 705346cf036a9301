import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export type Manifests = Map<string, { bytes: Buffer }>

/** Lays manifests into a folder, under their keys. */
export async function writeManifests(
  manifests: Manifests,
  folder: string,
  wanted: (key: string) => boolean = () => true,
): Promise<void> {
  for (const [key, { bytes }] of manifests) {
    if (!wanted(key)) continue
    const file = join(folder, key)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, bytes)
  }
}
