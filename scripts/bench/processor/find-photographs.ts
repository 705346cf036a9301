import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { readHeader } from '../../../processor/imaging/read-header.ts'
import { inheritedEnvironment } from '../../config.ts'

const run = promisify(execFile)

/** Debian packages with photographs under open licences, and with the tool that recodes them without loss. */
const packages = [
  'lomiri-wallpapers-16.04',
  'lomiri-wallpapers-20.04',
  'mate-backgrounds',
  'libjpeg-turbo-progs',
  'libjpeg62-turbo',
] as const

/** Photographs of 12 to 20 megapixels, as cameras and phones take them. */
const photographs = [
  'lomiri-wallpapers-16.04/usr/share/backgrounds/Dragonfly_by_Bolly.jpg',
  'lomiri-wallpapers-16.04/usr/share/backgrounds/seeding_by_Clements_Engelhardt.jpg',
  'lomiri-wallpapers-16.04/usr/share/backgrounds/sunset_by_Aitzol_Berasategi.jpg',
  'lomiri-wallpapers-20.04/usr/share/backgrounds/Kleiber_by_Lukas_Baubkus.jpg',
]

/** Images that need much memory: 18 megapixels in 16 MB, and 24 megapixels with full colour resolution and a profile. */
const heavyImages = [
  'mate-backgrounds/usr/share/backgrounds/mate/abstract/Elephants_5640x3172.jpg',
  'lomiri-wallpapers-20.04/usr/share/backgrounds/Painting-Colors_by__herobrine7gamer.jpg',
]

export const codings = ['baseline', 'progressive'] as const
export type Coding = (typeof codings)[number]

/** The photographs in both codings. Without apt they are different photographs, as `note` then states. */
export interface Photographs extends Record<Coding, string[]> {
  /** Images that need much memory, in both codings. */
  heavy: Record<Coding, string[]>
  note: string
}

const cache = fileURLToPath(new URL('../../../.cache/photographs/', import.meta.url))
const committed = fileURLToPath(new URL('../../../processor/test/photos/', import.meta.url))

/** Finds photographs in Debian packages, kept in `.cache/`, each as a baseline and as a progressive JPEG. Without apt, uses the committed ones. */
export async function findPhotographs(): Promise<Photographs> {
  try {
    await Promise.all(packages.map(unpack))
    const [all, heavy] = [await recodeAll(photographs), await recodeAll(heavyImages)]
    return {
      ...all,
      heavy,
      note: 'Photographs of 12 to 20 megapixels, the same in both codings (recoded losslessly).',
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : error
    return {
      ...(await findCommitted()),
      note: `SKIPPED: the photographs of 12 to 20 megapixels, which come from Debian's packages: ${reason}`,
    }
  }
}

/** Downloads and unpacks a package once. */
async function unpack(name: string): Promise<void> {
  const directory = join(cache, name)
  if (await exists(directory)) return
  const unfinished = `${directory}.${process.pid}`
  await mkdir(unfinished, { recursive: true })
  try {
    await run('apt-get', ['download', name], { cwd: unfinished })
    const archive = (await readdir(unfinished)).find((file) => file.endsWith('.deb'))
    await run('dpkg-deb', ['-x', archive ?? '', unfinished], { cwd: unfinished })
    await rename(unfinished, directory)
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

async function recodeAll(files: string[]): Promise<Record<Coding, string[]>> {
  const [baseline, progressive] = await Promise.all(
    codings.map((coding) => Promise.all(files.map((file) => recode(file, coding)))),
  )
  return { baseline: baseline ?? [], progressive: progressive ?? [] }
}

/** Stores the same coefficients in another order, so no pixel changes. */
async function recode(file: string, coding: Coding): Promise<string> {
  const directory = join(cache, 'recoded', coding)
  const target = join(directory, basename(file))
  if (await exists(target)) return target
  await mkdir(directory, { recursive: true })
  const unfinished = `${target}.${process.pid}`
  const flags = coding === 'progressive' ? ['-progressive'] : []
  const libraries = join(cache, 'libjpeg62-turbo/usr/lib')
  const folders = (await readdir(libraries)).map((folder) => join(libraries, folder))
  await run(
    join(cache, 'libjpeg-turbo-progs/usr/bin/jpegtran'),
    ['-copy', 'all', ...flags, '-outfile', unfinished, join(cache, file)],
    { env: { ...inheritedEnvironment(), LD_LIBRARY_PATH: folders.join(':') } },
  )
  await rename(unfinished, target)
  return target
}

async function findCommitted(): Promise<Omit<Photographs, 'note'>> {
  const names = (await readdir(committed)).filter((name) => name.endsWith('.jpg'))
  const found: Record<Coding, string[]> = { baseline: [], progressive: [] }
  for (const name of names) found[await readCoding(join(committed, name))].push(join(committed, name))
  return { ...found, heavy: found }
}

async function exists(directory: string): Promise<boolean> {
  return readdir(directory).then(
    () => true,
    (error) => error.code === 'ENOTDIR',
  )
}

async function readCoding(file: string): Promise<Coding> {
  const { isProgressive } = await readHeader(await readFile(file))
  return isProgressive ? 'progressive' : 'baseline'
}
