/** A program that answers every DynamoDB call at once, as if the write had succeeded. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerQuestions } from '../answer-questions.ts'
import { answerHeaders, emptyJson } from './stub-network-edge.ts'

const server = createServer((request, response) => {
  request.resume()
  request.once('end', () => response.writeHead(200, answerHeaders()).end(emptyJson))
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
answerQuestions(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {})
