import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { stripTypeScriptTypes } from 'node:module'
import type { Test } from 'tap'
import { listenLocally } from '../../../testkit/listen-locally.ts'

const client = new URL('../../../../openapi/packages/client/src/', import.meta.url)
const page = '<!doctype html><title>Upload</title><input type="file">'

/** Serves a page of a web application and the client's modules. Returns the origin. */
export async function serveClient(t: Test): Promise<string> {
  const server = createServer(async ({ url = '/' }, response) => {
    if (!/^\/([\w-]+\/)?[\w-]+\.ts$/.test(url))
      return response.setHeader('content-type', 'text/html').end(page)
    const source = await readFile(new URL(`.${url}`, client), 'utf8')
    return response.setHeader('content-type', 'text/javascript').end(stripTypeScriptTypes(source))
  })
  return listenLocally(t, server)
}
