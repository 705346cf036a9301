import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { forwardRequest } from './forward-request.ts'

/** The requests that S3 bills, and the bytes that they stored. */
export interface S3Requests {
  /** PUT, COPY, POST and LIST. */
  writes: number
  /** GET and HEAD of objects. */
  reads: number
  bytesStored: number
}

const isList = (method: string, path: string) => method === 'GET' && path.split('/').length <= 2

/** Starts an HTTP proxy in front of an S3 with path-style addresses, and counts the requests by their price. */
export async function startS3Counter(endpoint: string) {
  let counted: S3Requests = { writes: 0, reads: 0, bytesStored: 0 }

  const server = createServer(async (incoming, response) => {
    const body = await buffer(incoming)
    const { method = 'GET', url = '/' } = incoming
    const [path = ''] = url.split('?')
    if (method === 'GET' || method === 'HEAD') counted[isList(method, path) ? 'writes' : 'reads'] += 1
    else if (method !== 'DELETE') counted.writes += 1
    await forwardRequest(endpoint, incoming, body, response)
    if (method === 'PUT' && response.statusCode === 200) counted.bytesStored += body.length
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Returns what was counted since the last call. */
    take: (): S3Requests => {
      const taken = counted
      counted = { writes: 0, reads: 0, bytesStored: 0 }
      return taken
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
