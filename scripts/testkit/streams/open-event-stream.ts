import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { pollUntil } from '../poll-until.ts'

/** A block of an event stream. A block that begins with `:` is a comment. */
export interface StreamedBlock {
  id?: string
  event?: string
  data?: string
  retry?: string
  comment?: string
}

export type OpenStream = Awaited<ReturnType<typeof openEventStream>>

/** Opens a stream over HTTP and records its blocks. @throws Error when the connection is refused */
export async function openEventStream(url: string, headers: Record<string, string> = {}) {
  const asking = request(url, { headers, agent: false })
  asking.end()
  const [response] = (await once(asking, 'response')) as [IncomingMessage]
  const blocks: StreamedBlock[] = []
  let text = ''
  let unread = ''
  let endedWell: boolean | undefined
  response.setEncoding('utf8')
  response.on('data', (chunk: string) => {
    text += chunk
    const parts = (unread + chunk).split('\n\n')
    unread = parts.pop() ?? ''
    blocks.push(...parts.map(parseBlock))
  })
  response.on('error', () => {})
  response.on('close', () => {
    endedWell = response.complete
  })
  const events = () => blocks.filter(({ data }) => data !== undefined)

  return {
    status: response.statusCode,
    headers: response.headers,
    text: () => text,
    blocks,
    /** The blocks with data. */
    events,
    /** The ids of the CloudEvents, in order. */
    ids: () => events().flatMap(({ event, data = '' }) => (event === 'resync' ? [] : [JSON.parse(data).id])),
    lastId: () => blocks.findLast(({ id }) => id !== undefined)?.id ?? '',
    until: (isEnough: () => boolean) => pollUntil(isEnough),
    /** Resolves when the response ends, to whether it is complete. */
    ended: async () => {
      await pollUntil(() => endedWell !== undefined)
      return endedWell
    },
    /** Stops reading, so that the sender's buffers fill up. */
    pause: () => response.socket.pause(),
    resume: () => response.socket.resume(),
    close: () => asking.destroy(),
  }
}

function parseBlock(block: string): StreamedBlock {
  const lines = block.split('\n').map((line) => {
    const at = line.indexOf(':')
    const name = at === 0 ? 'comment' : line.slice(0, at)
    return [name, line.slice(at + 1).replace(/^ /, '')]
  })
  return Object.fromEntries(lines)
}
