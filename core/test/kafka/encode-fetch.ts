/** Encodes a broker's response to a fetch, for responses that neither a real broker nor a client library can produce. */

type Bytes = Buffer | null
interface TestRecord {
  value: Bytes
  headers?: [name: string, value: Bytes][]
}

interface TestBatch {
  firstOffset: number
  records: TestRecord[]
  /** The number of the codec. The records are written as they are, unless there is `compressed`. */
  codec?: number
  compressed?: Buffer
  /** The declared number of records; by default that of `records`. */
  recordCount?: number
}

/** Source: "Record Batch", https://kafka.apache.org/documentation/#recordbatch */
export function encodeBatch(batch: TestBatch): Buffer {
  const { firstOffset, codec = 0, records, recordCount = records.length } = batch
  const bytes = batch.compressed ?? Buffer.concat(records.map(encodeRecord))
  const header = Buffer.alloc(61)
  header.writeBigInt64BE(BigInt(firstOffset), 0)
  header.writeInt32BE(header.length - 12 + bytes.length, 8)
  header.writeInt8(2, 16)
  header.writeInt16BE(codec, 21)
  header.writeInt32BE(recordCount - 1, 23)
  header.writeBigInt64BE(1_790_000_000_000n, 27)
  header.writeBigInt64BE(1_790_000_000_000n, 35)
  header.writeInt32BE(recordCount, 57)
  return Buffer.concat([header, bytes])
}

/** One topic, `topic`, with the batches of its partitions. Source: "Fetch", https://kafka.apache.org/protocol */
export function encodeFetchResponse(...partitions: Buffer[][]): Buffer {
  const name = Buffer.from('topic')
  return Buffer.concat([
    Buffer.alloc(10),
    int32(1),
    Buffer.from([0, name.length]),
    name,
    int32(partitions.length),
    ...partitions.flatMap((batches, partition) => {
      const set = Buffer.concat(batches)
      const offsets = Buffer.alloc(26)
      return [int32(partition), offsets, int32(0), int32(-1), int32(set.length), set]
    }),
  ])
}

function encodeRecord({ value, headers = [] }: TestRecord, offsetDelta: number): Buffer {
  const body = Buffer.concat([
    Buffer.from([0, 0]),
    varint(offsetDelta),
    encodeBytes(null),
    encodeBytes(value),
    varint(headers.length),
    ...headers.flatMap(([name, value]) => [encodeBytes(Buffer.from(name)), encodeBytes(value)]),
  ])
  return encodeBytes(body)
}

const encodeBytes = (bytes: Bytes): Buffer =>
  bytes ? Buffer.concat([varint(bytes.length), bytes]) : varint(-1)

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = ((value << 1) ^ (value >> 31)) >>> 0
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80)
  return Buffer.from([...bytes, rest])
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
