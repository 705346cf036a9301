import type { KafkaMessage as RawMessage } from 'kafkajs'
import Decoder from 'kafkajs/src/protocol/decoder.js'
import decodeRecordBatch from 'kafkajs/src/protocol/recordBatch/v0/decoder.js'
import decodeOldMessages from 'kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js'
import fetchResponse from 'kafkajs/src/protocol/requests/fetch/v11/response.js'
import { codecNames, registerCodecs } from './compression.ts'

/** A message as kafkajs hands it to a consumer; `unreadable` gives the reason why a batch cannot be read. */
export type FetchedMessage = RawMessage & { unreadable?: string }

/** The header of a batch, which is readable even if its records are not. */
interface BatchHeader {
  firstOffset: bigint
  lastOffset: bigint
  byteLength: number
  magic: number
  codec: number
  isTransactional: boolean
  maxTimestamp: bigint
  producerId: bigint
  recordCount: number
}

const headerBytes = 61
const currentMagic = 2
/** Bounds the memory of one batch, with the limit of `compression.ts`: kafkajs makes several objects for each record. */
const maxRecords = 100_000
/** Approximate memory limit for the messages of one response. Batches beyond it are fetched again later. */
const maxResponseBytes = 33_554_432
const bytesPerRecord = 500

/**
 * Makes kafkajs read every batch that a broker can return. Without this, one damaged batch or one with an unknown codec fails the
 * whole response, for all partitions, and the consumer fetches it again indefinitely. Here such a batch becomes one message, at the
 * batch's last offset, whose `unreadable` gives the reason.
 */
export function registerFetchDecoder(): void {
  registerCodecs()
  // Version 11 is the highest that kafkajs supports; brokers have it since Kafka 2.3.
  fetchResponse.decode = decodeFetchResponse
}

/** Source: "Fetch Response (Version: 11)", https://kafka.apache.org/protocol#The_Messages_Fetch */
export async function decodeFetchResponse(response: Buffer) {
  const decoder = new Decoder(response)
  const budget = { bytes: maxResponseBytes }
  const clientSideThrottleTime = decoder.readInt32()
  return {
    // The broker has not throttled this request; it expects the client to wait.
    throttleTime: 0,
    clientSideThrottleTime,
    errorCode: decoder.readInt16(),
    sessionId: decoder.readInt32(),
    responses: await decoder.readArrayAsync(async (topic) => ({
      topicName: topic.readString(),
      partitions: await topic.readArrayAsync((partition) => decodePartition(partition, budget)),
    })),
  }
}

async function decodePartition(decoder: Decoder, budget: { bytes: number }) {
  return {
    partition: decoder.readInt32(),
    errorCode: decoder.readInt16(),
    highWatermark: String(decoder.readInt64()),
    lastStableOffset: String(decoder.readInt64()),
    lastStartOffset: String(decoder.readInt64()),
    abortedTransactions: decoder.readArray((transaction) => ({
      producerId: String(transaction.readInt64()),
      firstOffset: String(transaction.readInt64()),
    })),
    preferredReadReplica: decoder.readInt32(),
    messages: await decodeRecordSet(decoder, budget),
  }
}

async function decodeRecordSet(decoder: Decoder, budget: { bytes: number }): Promise<FetchedMessage[]> {
  const start = decoder.offset
  const size = decoder.readInt32()
  if (size <= 0 || !decoder.canReadBytes(size)) return []
  const bytes = decoder.readBytes(size)
  const messages: FetchedMessage[][] = []
  for (let at = 0; at + headerBytes <= bytes.length && budget.bytes > 0; ) {
    const header = readHeader(bytes.subarray(at))
    if (header.magic !== currentMagic) {
      // The format of Kafka 0.10, which Kafka 4 no longer has.
      decoder.offset = start
      return decodeOldMessages(decoder)
    }
    if (header.byteLength < headerBytes) throw new Error('Kafka returned a batch without a header')
    // The last batch may be cut off.
    if (at + header.byteLength > bytes.length) break
    const batch = await decodeBatch(bytes.subarray(at, at + header.byteLength), header)
    messages.push(batch)
    budget.bytes -= estimateBytes(batch)
    at += header.byteLength
  }
  return messages.flat()
}

/** Source: "Record Batch", https://kafka.apache.org/documentation/#recordbatch */
function readHeader(batch: Buffer): BatchHeader {
  const attributes = batch.readInt16BE(21)
  const firstOffset = batch.readBigInt64BE(0)
  return {
    firstOffset,
    lastOffset: firstOffset + BigInt(batch.readInt32BE(23)),
    byteLength: 12 + batch.readInt32BE(8),
    magic: batch.readInt8(16),
    codec: attributes & 0x07,
    isTransactional: (attributes & 0x10) !== 0,
    maxTimestamp: batch.readBigInt64BE(35),
    producerId: batch.readBigInt64BE(43),
    recordCount: batch.readInt32BE(57),
  }
}

async function decodeBatch(batch: Buffer, header: BatchHeader): Promise<FetchedMessage[]> {
  const codec = codecNames[header.codec]
  if (!codec) return [unreadable(header, `the codec ${header.codec} is unknown`)]
  if (header.recordCount > maxRecords) return [unreadable(header, `more than ${maxRecords} records`)]
  try {
    const { records } = await decodeRecordBatch(new Decoder(batch))
    for (const { offset } of records) {
      if (BigInt(offset) < header.firstOffset || BigInt(offset) > header.lastOffset)
        throw new Error('damaged records')
    }
    return records
  } catch (error) {
    return [unreadable(header, `codec ${codec}: ${(error as Error).message}`)]
  }
}

function unreadable(header: BatchHeader, why: string): FetchedMessage {
  const { firstOffset, lastOffset, isTransactional, producerId, maxTimestamp } = header
  const message = {
    offset: String(lastOffset),
    timestamp: String(maxTimestamp),
    attributes: 0,
    key: null,
    value: null,
    headers: {},
    isControlRecord: false,
    batchContext: { producerId: String(producerId), inTransaction: isTransactional },
    unreadable: `the batch with the offsets ${firstOffset} to ${lastOffset} cannot be read: ${why}`,
  }
  return message
}

function estimateBytes(messages: FetchedMessage[]): number {
  return messages.reduce(
    (sum, { key, value }) => sum + (key?.length ?? 0) + (value?.length ?? 0) + bytesPerRecord,
    0,
  )
}
