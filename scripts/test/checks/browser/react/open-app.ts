import { createServer } from 'node:http'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import { listenLocally } from '../../../../testkit/listen-locally.ts'
import { openEmptyPage } from '../open-browser.ts'
import type { App } from './app.tsx'

/** React 19 is installed in the folder of the package, React 18 in the root of the repository. */
const packageFolder = new URL('../../../../../openapi/packages/react/', import.meta.url)
const reactFolders = {
  18: new URL('../../../../../node_modules/', import.meta.url),
  19: new URL('node_modules/', packageFolder),
}

export type ReactVersion = keyof typeof reactFolders

export interface OpenApp {
  page: Page
  /** Errors and warnings of the page, including React's. */
  faults: string[]
  /** Method and path of each request to the gateway and the store, without preflight requests. */
  requests: string[]
}

/** Opens the application in a new browser, on a separate origin. */
export async function openApp(t: Test, react: ReactVersion = 19): Promise<OpenApp> {
  const origin = await serveApp(t, await bundleApp(react))
  const page = await openEmptyPage(t)
  const faults: string[] = []
  page.on('pageerror', ({ message }) => faults.push(message))
  page.on('console', (line) => {
    const isRefusal = line.text().startsWith('Failed to load resource')
    if (['error', 'warning'].includes(line.type()) && !isRefusal) faults.push(line.text())
  })
  const requests: string[] = []
  page.on('request', (request) => {
    const { origin: target, pathname } = new URL(request.url())
    if (target !== origin && request.url().startsWith('http'))
      requests.push(`${request.method()} ${pathname}`)
  })
  await page.goto(origin)
  return { page, faults, requests }
}

/** Calls a function of the application in its page. */
export function call<Name extends 'showUploader' | 'showImage' | 'hydrateImage' | 'unmount'>(
  page: Page,
  name: Name,
  ...args: Parameters<App[Name]>
): Promise<void> {
  return page.evaluate(
    ([name, args]) => {
      const { app } = globalThis as unknown as { app: Record<string, (...args: unknown[]) => void> }
      app[name]?.(...args)
    },
    [name as string, args as unknown[]] as const,
  )
}

async function bundleApp(react: ReactVersion): Promise<string> {
  const folder = (name: string) => fileURLToPath(new URL(name, reactFolders[react]))
  const { outputFiles } = await build({
    absWorkingDir: dirname(fileURLToPath(import.meta.url)),
    entryPoints: ['app.tsx'],
    bundle: true,
    format: 'esm',
    // The development build of React prints warnings, which count as faults.
    define: { 'process.env.NODE_ENV': '"development"' },
    alias: { react: folder('react'), 'react-dom': folder('react-dom') },
    write: false,
    logLevel: 'warning',
  })
  return outputFiles[0]?.text ?? ''
}

async function serveApp(t: Test, script: string): Promise<string> {
  const html =
    '<!doctype html><title>Photos</title><div id="root"></div><script type="module" src="app.js"></script>'
  const server = createServer(({ url }, response) => {
    if (url === '/app.js') return response.setHeader('content-type', 'text/javascript').end(script)
    if (url === '/') return response.setHeader('content-type', 'text/html').end(html)
    return response.writeHead(404).end()
  })
  return listenLocally(t, server)
}
