import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import type { Test } from 'tap'

/** IPv4 and IPv6 addresses in the order of the answer. */
export type Zone = (host: string) => string[]

/**
 * Starts a DNS server on loopback that answers every address query from the zone.
 * Source of the format: RFC 1035, section 4.
 * @returns its address for `Resolver.setServers`, and the questions so far, such as `A hooks.example.com`
 */
export async function startDnsServer(t: Test, zone: Zone): Promise<{ server: string; questions: string[] }> {
  const questions: string[] = []
  const socket = createSocket('udp4', (query, { port, address }) => {
    const { name, type, end } = readQuestion(query)
    questions.push(`${type === 28 ? 'AAAA' : 'A'} ${name}`)
    const answers = zone(name).filter((entry) => isIP(entry) === (type === 28 ? 6 : 4))
    const header = Buffer.from([...query.subarray(0, 2), 0x81, 0x80, 0, 1, 0, answers.length, 0, 0, 0, 0])
    const records = answers.map((entry) => toRecord(entry, type))
    socket.send(Buffer.concat([header, query.subarray(12, end), ...records]), port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  t.teardown(() => socket.close())
  return { server: `127.0.0.1:${socket.address().port}`, questions }
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.'), type: query.readUInt16BE(at + 1), end: at + 5 }
}

/** A record with a TTL of 0, whose name is a pointer to the question at byte 12. */
function toRecord(address: string, type: number): Buffer {
  const bytes = ipaddr.parse(address).toByteArray()
  return Buffer.from([0xc0, 0x0c, 0, type, 0, 1, 0, 0, 0, 0, 0, bytes.length, ...bytes])
}
