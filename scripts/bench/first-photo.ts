import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { launchChromium } from '../checks/browser/launch-chromium.ts'
import { inheritedEnvironment } from '../config.ts'
import { runTool } from '../services/run-tool.ts'
import { printTable } from './print-table.ts'
import { useDirectory } from './use-directory.ts'

const root = join(import.meta.dirname, '../..')
const photo = 'processor/test/photos/drum-portrait.jpg'
const timeoutMs = 10 * 60_000

/** Times what a new user does: clone, the README's two commands, and a photo dropped on the page until its thumbnail is shown. */
export async function benchFirstPhoto(): Promise<void> {
  await useDirectory(async (directory) => {
    const rows: [step: string, seconds: number][] = []
    async function time<Result>(step: string, work: () => Promise<Result>): Promise<Result> {
      const startedAt = performance.now()
      const result = await work()
      rows.push([step, (performance.now() - startedAt) / 1_000])
      return result
    }

    const clone = join(directory, 'hashgate')
    const environment = newUser(directory)
    const run = (program: string, ...args: string[]) =>
      runTool(program, args, { task: program, log: join(directory, 'log'), timeoutMs, environment })
    await time('git clone', () => run('git', 'clone', '--quiet', root, clone))
    await time('npm ci', () => run('npm', '--prefix', clone, 'ci'))
    const start = () =>
      spawn('npm', ['--prefix', clone, 'start'], {
        env: { ...inheritedEnvironment(), ...environment },
        detached: true,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
    let system: ChildProcess | undefined
    try {
      const link = await time('npm start', () => {
        system = start()
        return readLink(system)
      })
      await time('photo dropped, thumbnail shown', () => uploadInBrowser(link, join(clone, photo)))
    } finally {
      if (system) await stop(system)
    }
    const total = rows.reduce((sum, [, seconds]) => sum + seconds, 0)
    printTable({
      title: 'From a fresh clone to the first photo',
      head: ['step', 'seconds'],
      rows: [...rows, ['all', total] as const].map(([step, seconds]) => [step, seconds.toFixed(1)]),
      notes: [
        'npm ci started with an empty cache. The clone came from this machine, and the browser was installed.',
      ],
    })
  })
}

/** An environment with empty caches and without this project's programs on the PATH. */
function newUser(directory: string): Record<string, string> {
  const path = inheritedEnvironment()
    .PATH?.split(delimiter)
    .filter((folder) => !folder.startsWith(root))
  return { PATH: path?.join(delimiter) ?? '', PORT: '0', npm_config_cache: join(directory, 'npm-cache') }
}

/** The link that `npm start` prints when the system is ready. */
async function readLink(system: ChildProcess): Promise<string> {
  let link = ''
  if (system.stdout)
    for await (const line of createInterface(system.stdout)) {
      link ||= /^ +Page +(\S+)/.exec(line)?.[1] ?? ''
      if (line.startsWith('hashgate ready')) return link
    }
  throw new Error('npm start ended before the system was ready.')
}

async function uploadInBrowser(link: string, file: string): Promise<void> {
  const browser = await launchChromium()
  try {
    const page = await browser.newPage()
    await page.goto(link)
    await page.locator('input[type=file]').first().setInputFiles(file)
    await page.waitForFunction(() => {
      const thumb = document.querySelector<HTMLImageElement>('.card .thumb')
      return thumb?.complete && thumb.naturalWidth > 0
    })
  } finally {
    await browser.close()
  }
}

/** Stops the process group, as Ctrl-C does. */
async function stop(system: ChildProcess): Promise<void> {
  const ended = once(system, 'exit')
  process.kill(-(system.pid ?? 0), 'SIGINT')
  await ended
}
