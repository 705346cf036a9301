import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import sharp from 'sharp'
import { buildWebApp } from '../../build/build-web.ts'

interface Stored {
  imageId: string
  fileName?: string
  byteLength: number
  contentType: string
}

/**
 * Serves the upload page with doubles of the gateway and the store. They only record uploads, and images are ready at once. They use hardly
 * any CPU time, so measurements show the page alone.
 */
export async function startPageDouble() {
  const { files } = await buildWebApp()
  const thumbnail = await sharp({ create: { width: 256, height: 171, channels: 3, background: 'teal' } })
    .webp()
    .toBuffer()
  const requested = new Map<string, Stored>()
  const images = new Map<string, ReturnType<typeof readyImage>>()
  const streams = new Set<ServerResponse>()
  let calls = 0
  let puts = 0

  function answer(upload: Omit<Stored, 'imageId'> & { sha256: string }) {
    const { sha256: imageId } = upload
    const common = { imageId, status: 'pending', expiresAt: '2030-01-01T00:00:00Z' }
    if (images.has(imageId)) return { ...common, duplicate: true }
    requested.set(imageId, { ...upload, imageId })
    const target = { method: 'PUT', url: `${gateway}/store/${imageId}`, headers: {}, expiresInSeconds: 900 }
    return { ...common, duplicate: false, upload: target }
  }

  function complete(imageId: string): void {
    const stored = requested.get(imageId)
    if (!stored) return
    const image = readyImage(stored, `${gateway}/thumbnail/${imageId}`)
    images.set(imageId, image)
    const event = {
      type: 'hashgate.image.processed.v1',
      id: imageId,
      source: 'double',
      data: {
        imageId,
        generation: image.createdAt.slice(0, 10).replaceAll('-', ''),
        sequence: image.sequence,
      },
    }
    for (const stream of streams)
      stream.write(`id: ${imageId}\nevent: image.processed\ndata: ${JSON.stringify(event)}\n\n`)
  }

  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync(request))
    const path = request.url?.split('?')[0] ?? '/'
    const send = (value: unknown) =>
      response.setHeader('content-type', 'application/json').end(JSON.stringify(value))
    const [, first, , imageId = ''] = path.split('/')
    if (path === '/v1/uploads/batch') {
      const { uploads } = JSON.parse(body.toString())
      calls += 1
      return send({ results: uploads.map(answer) })
    }
    if (path === '/v1/uploads') {
      calls += 1
      return send(answer(JSON.parse(body.toString())))
    }
    if (path === '/v1/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': open\n\n')
      streams.add(response)
      return response.on('close', () => streams.delete(response))
    }
    if (path === '/v1/images') return send({ images: [] })
    if (path.endsWith('/complete')) {
      complete(imageId)
      return response.writeHead(202).end('{}')
    }
    if (path.startsWith('/v1/images/')) return send(images.get(imageId))
    if (first === 'store') {
      puts += 1
      return response.end()
    }
    if (first === 'thumbnail') return response.setHeader('content-type', 'image/webp').end(thumbnail)
    const file = files[path.slice(1) || 'index.html']
    if (!file) return response.writeHead(404).end()
    return response.setHeader('content-type', contentTypeOf(path)).end(file)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const gateway = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    gateway,
    /** Uploaded images by id. */
    images,
    /** Number of calls that requested upload URLs. */
    calls: () => calls,
    puts: () => puts,
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

function readyImage(stored: Stored, url: string) {
  const size = { width: 256, height: 171 }
  const createdAt = new Date().toISOString()
  return {
    ...stored,
    status: 'ready',
    sequence: 2,
    createdAt,
    updatedAt: createdAt,
    finishedAt: createdAt,
    expiresAt: '2030-01-01T00:00:00Z',
    ...size,
    placeholder: '1QcSHQRnh493V4dIh4eXh1h4kJUI',
    variants: [{ name: 'thumb', contentType: 'image/webp', byteLength: 8_000, ...size, url }],
  }
}

function contentTypeOf(path: string): string {
  if (path.endsWith('.js')) return 'text/javascript'
  return path.endsWith('.css') ? 'text/css' : 'text/html; charset=utf-8'
}
