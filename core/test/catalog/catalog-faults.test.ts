import type { IncomingMessage } from 'node:http'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import t, { type Test } from 'tap'
import { startTestDynamoDb } from '../../../scripts/testkit/start-test-dynamodb.ts'
import type { DocumentClient } from '../../aws/document-client.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import { createCatalogTable } from '../../catalog/create-catalog-table.ts'
import { DependencyUnavailable, LeaseLost } from '../../errors.ts'
import { newRecord } from '../../images/image-record.ts'
import {
  answerFirst,
  type ConnectOptions,
  connect,
  forwardAndHangUp,
  forwardTo,
  refuse,
  startDynamoDbDouble,
} from '../aws/start-dynamodb-double.ts'
import {
  claimed,
  finishedAs,
  leaseMs,
  openCatalog,
  processedEvent,
  readyResult,
  registerAndClaim,
  someUpload,
} from './contract/catalog-contract-store.ts'

const maxAttempts = 3
const record = { ...newRecord(someUpload(), Date.now(), 60), leaseOwner: 'worker' }
const isUnavailable = { name: 'DependencyUnavailable', dependency: 'catalog' }

const recipe = readyResult.recipe
const event = processedEvent(record)
const candidateQuery = { criterion: { outdatedFor: recipe }, readUnitsPerSecond: 100 }
const listing = { tenant: record.tenant, day: '2026-11-22', limit: 1 }

type Call = (catalog: Catalog) => Promise<unknown>
type Operations = { [Name in Exclude<keyof Catalog, 'outbox'>]: Call } & {
  outbox: { [Name in keyof Catalog['outbox']]: Call }
}

/** One call of every operation. A new operation of the catalog does not compile until it is listed here. */
const operations: Operations = {
  find: (catalog) => catalog.find(record.tenant, record.imageId),
  findMany: (catalog) => catalog.findMany([record]),
  register: (catalog) => catalog.register(someUpload()),
  countDuplicate: (catalog) => catalog.countDuplicate(record),
  claim: (catalog) => catalog.claim(record, 'worker', leaseMs),
  claimForReprocess: (catalog) => catalog.claimForReprocess(record, 'worker', leaseMs, recipe),
  finish: (catalog) => catalog.finish(record, 'worker', readyResult, event),
  completeReprocess: (catalog) => catalog.completeReprocess(record, 'worker', readyResult, event),
  completeLease: (catalog) => catalog.completeLease(finishedAs(record), 'worker'),
  handOffToRelay: (catalog) => catalog.handOffToRelay(finishedAs(record), 'worker'),
  release: (catalog) => catalog.release(record, 'worker'),
  reopen: (catalog) => catalog.reopen(record),
  listUnfinished: (catalog) => catalog.listUnfinished().next(),
  postponeCheck: (catalog) => catalog.postponeCheck(record, 0),
  endChecks: (catalog) => catalog.endChecks(record),
  listDay: (catalog) => catalog.listDay(listing),
  listCandidates: (catalog) => catalog.listCandidates(candidateQuery).next(),
  ping: (catalog) => catalog.ping(),
  outbox: {
    enqueue: ({ outbox }) => outbox.enqueue(record, event),
    listPending: ({ outbox }) => outbox.listPending().next(),
    lock: ({ outbox }) => outbox.lock(record, 'relay', leaseMs),
    unlock: ({ outbox }) => outbox.unlock(record, 'relay'),
    markPublished: ({ outbox }) => outbox.markPublished(finishedAs(record), 'relay'),
    measurePending: ({ outbox }) => outbox.measurePending(),
  },
}
const { outbox: outboxOperations, ...catalogOperations } = operations
const allOperations = Object.entries({ ...catalogOperations, ...outboxOperations })
/** These can send several requests, so their number of requests is not fixed. */
const fanOut = ['findMany', 'listUnfinished', 'listDay', 'listCandidates', 'listPending', 'measurePending']
const [fanOutOperations, singleOperations] = [true, false].map((isFanOut) =>
  allOperations.filter(([name]) => fanOut.includes(name) === isFanOut),
) as [typeof allOperations, typeof allOperations]

interface Store {
  endpoint: string
  options?: ConnectOptions
  calls?: string[]
}

async function testEveryOperation(t: Test, { endpoint, options, calls }: Store) {
  // Each operation has a separate client, because a client limits the retries of all its requests together.
  const rejectAll = (tested: typeof allOperations) =>
    Promise.all(
      tested.map(([name, operation]) => {
        const { catalog } = open(connect(t, endpoint, options))
        return t.rejects(operation(catalog), isUnavailable, name)
      }),
    )
  await rejectAll(singleOperations)
  if (calls) {
    t.equal(calls.length, singleOperations.length * maxAttempts, 'each request is sent three times at most')
  }
  await rejectAll(fanOutOperations)
}

const open = (documents: DocumentClient, tableName = 'catalog') => openCatalog({ documents, tableName })

t.test('an unreachable store', async (t) => {
  await testEveryOperation(t, { endpoint: 'http://127.0.0.1:1' })
})

t.test('a store that throttles', async (t) => {
  const answer = refuse(400, 'ProvisionedThroughputExceededException')
  await testEveryOperation(t, await startDynamoDbDouble(t, answer))
})

t.test('a store that fails', async (t) => {
  await testEveryOperation(t, await startDynamoDbDouble(t, refuse(500, 'InternalServerError')))
})

t.test('listing a day fails when a single shard fails', async (t) => {
  const { endpoint, tableName } = await startStore(t)
  const failing = refuse(500, 'InternalServerError')
  const answer = answerFirst('Query', maxAttempts * 16, failing, forwardTo(endpoint))
  const { documents } = await startDynamoDbDouble(t, answer)
  await t.rejects(open(documents, tableName).catalog.listDay(listing), isUnavailable)
})

t.test('a store that accepts the request and never responds', async (t) => {
  const silent = (request: IncomingMessage) => request.resume()
  const store = await startDynamoDbDouble(t, silent)
  // Long enough for a busy machine to send the request.
  await testEveryOperation(t, { ...store, options: { requestTimeout: 1_000 } })
})

t.test('a store that closes the connection in the middle of a response', async (t) => {
  const { documents } = await startDynamoDbDouble(t, (request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': 1_000 })
    response.write('{"Item":')
    setTimeout(() => response.destroy(), 10)
  })
  const { catalog } = open(documents)
  await t.rejects(catalog.find('local', record.imageId), isUnavailable)
})

t.test('a missing table counts as an unavailable store', async (t) => {
  const { documents, calls } = await startDynamoDbDouble(t, refuse(400, 'ResourceNotFoundException'))
  await t.rejects(open(documents).catalog.find('local', record.imageId), isUnavailable)
  t.equal(calls.length, 1, 'no retry')
})

t.test('an invalid request is not reported as an unavailable store and not retried', async (t) => {
  const { documents, calls } = await startDynamoDbDouble(t, refuse(400, 'ValidationException'))
  await t.rejects(open(documents).catalog.register(someUpload()), { name: 'ValidationException' })
  t.equal(calls.length, 1)
})

t.test('a request to a store that fails briefly is retried', async (t) => {
  const { endpoint, direct, tableName } = await startStore(t)
  const failing = refuse(500, 'InternalServerError')
  const { documents, calls } = await startDynamoDbDouble(
    t,
    answerFirst('PutItem', maxAttempts - 1, failing, forwardTo(endpoint)),
  )
  const { created, record } = await open(documents, tableName).catalog.register(someUpload())
  t.equal(created, true)
  t.equal(calls.length, maxAttempts)
  t.strictSame(await open(direct, tableName).catalog.find(record.tenant, record.imageId), record)
})

t.test('register reads an existing record from the answer to its failed write', async (t) => {
  const existing = { ...newRecord(someUpload(), Date.now(), 60), status: 'ready' }
  const body = { __type: 'x#ConditionalCheckFailedException', Item: marshall({ pk: 'key', ...existing }) }
  for (const sdk of [false, true]) {
    const { documents, calls } = await startDynamoDbDouble(
      t,
      (request, response) => {
        request.resume()
        response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body))
      },
      { sdk },
    )
    const { created, record } = await open(documents).catalog.register(someUpload())
    t.equal(created, false)
    t.strictSame(record, existing)
    t.strictSame(calls, ['PutItem'])
  }
})

t.test('a ping ends when its signal is aborted', async (t) => {
  const { documents } = await startDynamoDbDouble(t, (request) => request.resume())
  await t.rejects(open(documents).catalog.ping(AbortSignal.timeout(20)), DependencyUnavailable)
})

t.test('a write whose response is lost has one effect', async (t) => {
  const { endpoint, direct, tableName } = await startStore(t)
  const { catalog, clock } = open(direct, tableName)
  const afterLease = openCatalog({ documents: direct, tableName }, { now: clock.now + leaseMs }).catalog

  /** A catalog whose first response to `operation` gets lost, so that the SDK retries. */
  async function openLossy(t: Test, operation: 'PutItem' | 'UpdateItem') {
    const answer = answerFirst(operation, 1, forwardAndHangUp(endpoint), forwardTo(endpoint))
    const { documents, calls } = await startDynamoDbDouble(t, answer)
    const sent = () => calls.filter((call) => call === operation).length
    return { lossy: openCatalog({ documents, tableName }, clock).catalog, sent }
  }

  await t.test('register returns the record that its first attempt created', async (t) => {
    const request = someUpload()
    const { lossy, sent } = await openLossy(t, 'PutItem')
    const { record } = await lossy.register(request)
    t.equal(sent(), 2)
    t.strictSame(await catalog.find(request.tenant, request.imageId), record)
  })

  await t.test('claim counts one attempt and takes the lease', async (t) => {
    const { record } = await catalog.register(someUpload())
    const { lossy, sent } = await openLossy(t, 'UpdateItem')
    t.equal(claimed(await lossy.claim(record, 'first', leaseMs)).attempts, 1)
    t.equal(sent(), 2)
    t.match(await catalog.find(record.tenant, record.imageId), { attempts: 1, leaseOwner: 'first' })
    t.equal(claimed(await afterLease.claim(record, 'next', leaseMs)).attempts, 2)
  })

  await t.test('finish keeps the result and the lease', async (t) => {
    const held = await registerAndClaim(catalog, 'worker')
    const { lossy, sent } = await openLossy(t, 'UpdateItem')
    t.match(await lossy.finish(held, 'worker', readyResult, processedEvent(held)), { status: 'ready' })
    t.equal(sent(), 2)
    t.match(await catalog.find(held.tenant, held.imageId), { ...readyResult, attempts: 1 })
    t.strictSame(claimed(await afterLease.claim(held, 'next', leaseMs)).pendingEvents, [processedEvent(held)])
  })

  await t.test('completeLease leaves no pending events', async (t) => {
    const held = await registerAndClaim(catalog, 'worker')
    await catalog.finish(held, 'worker', readyResult, processedEvent(held))
    const { lossy, sent } = await openLossy(t, 'UpdateItem')
    await t.rejects(lossy.completeLease(finishedAs(held), 'worker'), LeaseLost)
    t.equal(sent(), 2)
    t.equal((await catalog.claim(held, 'next', leaseMs)).outcome, 'finished')
  })

  await t.test('release counts no attempt', async (t) => {
    const held = await registerAndClaim(catalog, 'worker')
    const { lossy, sent } = await openLossy(t, 'UpdateItem')
    await t.rejects(lossy.release(held, 'worker'), LeaseLost)
    t.equal(sent(), 2)
    t.match(await catalog.find(held.tenant, held.imageId), { status: 'pending', attempts: 0 })
  })
})

/** A working store with a table. */
async function startStore(t: Test) {
  const { endpoint } = await startTestDynamoDb(t)
  const direct = connect(t, endpoint)
  const tableName = 'catalog'
  await createCatalogTable(direct as unknown as DynamoDBClient, tableName)
  return { endpoint, direct, tableName }
}
