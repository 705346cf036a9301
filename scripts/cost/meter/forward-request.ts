import { once } from 'node:events'
import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'

/** Forwards a request to another server with this body. @returns the body of the response, once all of it was forwarded */
export async function forwardRequest(
  endpoint: string,
  { method, url = '/', headers }: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<Buffer> {
  const forwarded = request(new URL(url, endpoint), {
    method,
    headers: { ...headers, 'content-length': body.length },
  })
  forwarded.end(body)
  const [answer] = (await once(forwarded, 'response')) as [IncomingMessage]
  const answerBody = await buffer(answer)
  response.writeHead(answer.statusCode ?? 502, answer.headers).end(answerBody)
  return answerBody
}
