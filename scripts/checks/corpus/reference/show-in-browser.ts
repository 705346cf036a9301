import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { Page } from 'playwright-core'
import { launchChromium } from '../../browser/launch-chromium.ts'
import { correctAlpha, hideFrames, ignoresRange } from './correct-range.ts'
import type { Reference } from './reference.ts'

/** Larger images are drawn smaller, because a canvas of them would take gigabytes. */
const mostPixels = 24e6

interface Shown {
  width: number
  height: number
  drawnWidth: number
  drawnHeight: number
}

export interface BrowserReference {
  /** Undefined when Chromium does not show the file. */
  show(file: string): Promise<Reference | undefined>
  stop(): Promise<void>
}

/**
 * Starts Chromium as a reference decoder: it draws each file upright to an sRGB canvas and posts the pixels to a server in this process.
 * Start it once. It shows several files at a time, each in a separate page.
 * @throws Error when Chromium is not installed
 */
export async function startBrowserReference(timeoutSeconds: number): Promise<BrowserReference> {
  const shown = new Map<string, Buffer>()
  const drawn = new Map<string, Buffer>()
  const server = createServer((request, response) => void answer(request, response))
  // Force the profile of the screen, which Chromium converts to, to sRGB.
  const browser = await launchChromium(['--force-color-profile=srgb'])
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const idle: Page[] = []
  let count = 0
  const hasRangeDefect = await ignoresRange(showBytes)

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = request.url ?? ''
    const content = shown.get(name)
    if (request.method === 'POST') drawn.set(name, await buffer(request))
    if (request.method === 'POST' || !content)
      return void response.setHeader('content-type', 'text/html').end()
    response.end(content)
  }

  async function show(file: string): Promise<Reference | undefined> {
    const content = await readFile(file)
    const reference = await showBytes(hasRangeDefect ? hideFrames(content) : content)
    if (!reference || !hasRangeDefect) return reference
    return { ...reference, picture: correctAlpha(reference.picture, content) }
  }

  async function showBytes(content: Buffer): Promise<Reference | undefined> {
    const name = `/${count++}`
    shown.set(name, content)
    const page = idle.pop() ?? (await openPage())
    let isUsable = true
    try {
      const { drawnWidth, drawnHeight, ...size } = await withTimeout(draw(page, name), timeoutSeconds)
      const pixels = drawn.get(name)
      if (!pixels) return undefined
      return { ...size, by: 'Chromium', picture: { width: drawnWidth, height: drawnHeight, pixels } }
    } catch (error) {
      // The page reports a file that Chromium cannot show. After any other error, such as a hang, the page is not reused.
      isUsable = error instanceof Error && error.message.includes('EncodingError')
      return undefined
    } finally {
      shown.delete(name)
      drawn.delete(name)
      if (isUsable) idle.push(page)
      else await page.close()
    }
  }

  async function openPage(): Promise<Page> {
    const page = await browser.newPage()
    await page.goto(origin)
    return page
  }

  async function stop(): Promise<void> {
    await browser.close()
    server.close()
    server.closeAllConnections()
  }

  return { show, stop }
}

/** Runs in the page. A canvas draws the first frame of an animation. */
function draw(page: Page, name: string): Promise<Shown> {
  return page.evaluate(
    async ([name, mostPixels]) => {
      const image = new Image()
      image.src = name
      await image.decode()
      const { naturalWidth: width, naturalHeight: height } = image
      const scale = Math.min(1, Math.sqrt(mostPixels / (width * height)))
      const [drawnWidth, drawnHeight] = [width, height].map((side) => Math.max(1, Math.round(side * scale)))
      const canvas = new OffscreenCanvas(drawnWidth as number, drawnHeight as number)
      const context = canvas.getContext('2d', { willReadFrequently: true, colorSpace: 'srgb' })
      if (!context) throw new Error('no canvas')
      context.imageSmoothingQuality = 'high'
      context.drawImage(image, 0, 0, canvas.width, canvas.height)
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
      await fetch(name, { method: 'POST', body: data })
      return { width, height, drawnWidth: canvas.width, drawnHeight: canvas.height }
    },
    [name, mostPixels] as const,
  )
}

async function withTimeout<T>(promise: Promise<T>, seconds: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('Chromium took too long.')), seconds * 1_000)
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
