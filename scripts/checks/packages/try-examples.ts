import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import type { LocalSystem } from '../../local/start-system.ts'
import { launchChromium } from '../browser/launch-chromium.ts'
import { readExample } from './read-example.ts'
import { runProgram } from './run-program.ts'
import { serveFolder } from './serve-folder.ts'

const photos = join(import.meta.dirname, '../../../processor/test/photos')
const timeout = 120_000

interface Example {
  name: 'react' | 'uppy'
  photo: string
  /** What the page does in addition to the example. */
  main: (key: string) => string
  /** Resolves when the page shows that the photo was uploaded. */
  finish: (page: Page, photo: string) => Promise<unknown>
}

const examples: Example[] = [
  {
    name: 'react',
    photo: 'drum-portrait.jpg',
    main: (key) => `import { createElement } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './example.tsx'

createRoot(document.querySelector('main')).render(createElement(App, { apiKey: '${key}' }))
`,
    finish: async (page, photo) => {
      const image = page.locator(`img[alt="${photo}"][srcset]`)
      await image.waitFor({ timeout })
      await image.evaluate((shown: HTMLImageElement) => shown.decode())
    },
  },
  {
    name: 'uppy',
    photo: 'stream-baseline.jpg',
    main: () => `import './example.ts'\n`,
    finish: (page, photo) =>
      page.waitForEvent('console', {
        predicate: (line) => new RegExp(`^${photo} [0-9a-f]{64} false$`).test(line.text()),
        timeout,
      }),
  },
]

/** Builds the first example of the READMEs of React and Uppy with Vite, and uploads a photo with each in Chromium. @returns lines for the table */
export async function tryExamples(project: string, system: LocalSystem): Promise<string[]> {
  const browser = await launchChromium()
  try {
    const lines = []
    for (const example of examples) lines.push(await tryExample(browser, project, system, example))
    return lines
  } finally {
    await browser.close()
  }
}

async function tryExample(
  browser: Browser,
  project: string,
  system: LocalSystem,
  example: Example,
): Promise<string> {
  const { name, photo, main, finish } = example
  const folder = join(project, name)
  await mkdir(folder)
  await writeFile(
    join(folder, 'index.html'),
    '<!doctype html><title>Example</title><main></main><script type="module" src="main.js"></script>',
  )
  await writeFile(join(folder, 'main.js'), main(system.key))
  const { language, example: written } = await readExample(name)
  // The gateway and the key of this run, in place of those of the README.
  const pointed = written
    .replace('http://127.0.0.1:3000', system.gatewayUrl)
    .replace("'hg_…'", `'${system.key}'`)
  await writeFile(join(folder, `example.${language}`), pointed)
  await runProgram(folder, [join(project, 'node_modules/.bin/vite'), 'build'])

  const server = await serveFolder(join(folder, 'dist'))
  const page = await browser.newPage()
  try {
    await page.goto(server.origin)
    const input = page.locator('input[type=file]').first()
    await input.waitFor({ state: 'attached', timeout })
    const [finished] = await Promise.allSettled([
      finish(page, photo),
      input.setInputFiles(join(photos, photo)),
    ])
    if (finished.status === 'rejected')
      throw new Error(`The example of ${name} uploaded nothing in Chromium: ${finished.reason}`)
    return `${name.padEnd(8)} README example uploads a photo in Chromium, built by Vite`
  } finally {
    await page.close()
    server.close()
  }
}
