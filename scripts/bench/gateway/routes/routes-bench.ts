import { medianOf, medianRatio } from '../../median.ts'
import { printTable } from '../../print-table.ts'
import { askUploadBatches, writeRequest } from '../ask-uploads.ts'
import {
  bare,
  compare,
  cpu,
  programAt,
  rate,
  roundSeconds,
  type Server,
  stubbed,
  usualConnections,
} from '../compare-servers.ts'
import { byteLength, contentType, fileName, imageId } from './ready-image.ts'

const overReadyImage = programAt('routes/ready-image-server.ts')
const duplicate = { sha256: imageId, byteLength, contentType, fileName }

const servers: Server[] = [
  bare,
  { ...stubbed, title: 'createUpload: a new image' },
  {
    ...stubbed,
    title: 'createUploadBatch: 100 new images, per image',
    nextRequest: askUploadBatches,
    itemsPerRequest: 100,
  },
  {
    title: 'createUpload: a duplicate with three variants',
    program: overReadyImage,
    nextRequest: (host) => writeRequest(host, 'POST /v1/uploads', duplicate),
  },
  {
    title: 'getImage: ready with three variants',
    program: overReadyImage,
    nextRequest: (host) => writeRequest(host, `GET /v1/images/${imageId}`),
  },
]

/** Compares the cost of each operation with the bare route, with stubs at the network edge. */
export async function benchGatewayRoutes(): Promise<void> {
  const samples = await compare(servers, 180)
  const least = samples[bare.title] ?? []
  printTable({
    title: `Gateway: CPU by operation with stubs at the network edge, ${usualConnections} connections; medians of ${least.length} rounds of ${roundSeconds} s`,
    head: ['operation', 'requests/s', 'CPU µs', '÷ bare'],
    rows: Object.entries(samples).map(([title, taken]) => [
      title,
      medianOf(taken, rate).toFixed(0),
      medianOf(taken, cpu).toFixed(1),
      medianRatio(taken, least, cpu).toFixed(2),
    ]),
    notes: [
      'The bare route answers one upload request. A duplicate and a ready image need three signatures instead of one.',
    ],
  })
}
