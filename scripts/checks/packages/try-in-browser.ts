import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import type { LocalSystem } from '../../local/start-system.ts'
import { launchChromium } from '../browser/launch-chromium.ts'
import { runProgram } from './run-program.ts'
import { serveFolder } from './serve-folder.ts'

const photos = join(import.meta.dirname, '../../../processor/test/photos')

/** A page that uploads the chosen files and shows the results. @param client what the page imports */
const pageOf = (client: string) => `import { uploadImages } from '${client}'

document.querySelector('input').addEventListener('change', async ({ target }) => {
  const { gateway, key } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)))
  const results = await uploadImages(target.files, { gateway, key }).catch((error) => [{ error }])
  document.querySelector('output').textContent = results.map(({ image, error }) => image?.status ?? String(error)).join()
})
`
const htmlOf = (script: string) =>
  `<!doctype html><title>Upload</title><input type="file" multiple><output></output>${script}`

/** Uploads two photos from a page built by Vite, and from one that loads the package's files without a bundler. @returns lines for the table */
export async function tryInBrowser(project: string, system: LocalSystem): Promise<string[]> {
  await writeFile(join(project, 'index.html'), htmlOf('<script type="module" src="/main.js"></script>'))
  await writeFile(join(project, 'main.js'), pageOf('@hashgate/client'))
  await runProgram(project, [join(project, 'node_modules/.bin/vite'), 'build'])

  const plain = join(project, 'plain')
  await cp(join(project, 'node_modules/@hashgate/client'), join(plain, 'client'), { recursive: true })
  await writeFile(
    join(plain, 'index.html'),
    htmlOf(`<script type="module">${pageOf('/client/index.js')}</script>`),
  )
  const browser = await launchChromium()
  try {
    return [
      `${await tryPage(browser, join(project, 'dist'), system, 'stream-baseline.jpg')}, built by Vite`,
      `${await tryPage(browser, plain, system, 'dogs-orientation-6.jpg')}, without a bundler`,
    ]
  } finally {
    await browser.close()
  }
}

async function tryPage(
  browser: Browser,
  folder: string,
  system: LocalSystem,
  photo: string,
): Promise<string> {
  const server = await serveFolder(folder)
  const page = await browser.newPage()
  try {
    let workers = 0
    page.on('worker', () => {
      workers += 1
    })
    await page.goto(
      `${server.origin}/#${new URLSearchParams({ gateway: system.gatewayUrl, key: system.key })}`,
    )
    await page.locator('input').setInputFiles([join(photos, photo), join(photos, 'drum-portrait.jpg')])
    const output = page.locator('output:not(:empty)')
    await output.waitFor({ state: 'attached', timeout: 120_000 })
    const statuses = await output.textContent()
    if (statuses !== 'ready,ready') throw new Error(`A page in Chromium reported: ${statuses}`)
    if (workers !== 1)
      throw new Error(`A page in Chromium started ${workers} workers to hash the files, not one.`)
    return 'Chromium: two photos uploaded, hashed in a worker'
  } finally {
    await page.close()
    server.close()
  }
}
