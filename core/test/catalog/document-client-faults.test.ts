import { randomUUID } from 'node:crypto'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import t, { type Test } from 'tap'
import { startTestDynamoDb, testDynamoDb } from '../../../scripts/testkit/start-test-dynamodb.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import { createCatalogTable } from '../../catalog/create-catalog-table.ts'
import { generationAt } from '../../images/object-key.ts'
import {
  type Answer,
  answerFirst,
  type ConnectOptions,
  forwardAndHangUp,
  forwardTo,
  refuse,
  refuseOtherTimes,
  startDynamoDbDouble,
} from '../aws/start-dynamodb-double.ts'
import {
  claimed,
  leaseMs,
  openCatalog,
  processedEvent,
  readyResult,
  someUpload,
} from './contract/catalog-contract-store.ts'

const tableName = 'catalog'
const clock = { now: Date.now() }
const { imageId } = someUpload()

const { endpoint, documents: direct } = await startTestDynamoDb(t)
const admin = new DynamoDBClient({ endpoint, ...testDynamoDb })
t.teardown(() => admin.destroy())
await createCatalogTable(admin, tableName)
const catalog = openCatalog({ documents: direct, tableName }, clock).catalog
const intact = forwardTo(endpoint)

const silent: Answer = (request) => request.resume()
const cutOff: Answer = (request, response) => {
  request.resume()
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': 1_000 })
  response.write('{"Item":', () => response.destroy())
}

/** The fault that affects the first requests of the operation. */
const faults: Record<string, Answer> = {
  throttled: refuse(400, 'ProvisionedThroughputExceededException'),
  'failed with 500': refuse(500, 'InternalServerError'),
  'unavailable with 503': refuse(503, 'ServiceUnavailable'),
  'rejected as invalid': refuse(400, 'ValidationException'),
  'rejected for another reason': refuse(400, 'ResourceNotFoundException'),
  'cut off in the answer': cutOff,
  'reset after the write': forwardAndHangUp(endpoint),
  'answered too late': silent,
}

interface Operation {
  /** The DynamoDB call that the fault affects. */
  call: string
  prepare?: (tenant: string) => Promise<unknown>
  run: (catalog: Catalog, tenant: string) => Promise<unknown>
}

const register = (tenant: string) => catalog.register({ ...someUpload(), tenant, imageId })
const claim = async (tenant: string) => {
  const { record } = await register(tenant)
  return claimed(await catalog.claim(record, 'worker', leaseMs))
}
const refOf = (tenant: string) => ({ tenant, imageId, generation: generationAt(clock.now) })

const operations: Record<string, Operation> = {
  register: {
    call: 'PutItem',
    run: (tested, tenant) => tested.register({ ...someUpload(), tenant, imageId }),
  },
  find: { call: 'GetItem', prepare: register, run: (tested, tenant) => tested.find(tenant, imageId) },
  claim: {
    call: 'UpdateItem',
    prepare: register,
    run: (tested, tenant) => tested.claim(refOf(tenant), 'worker', leaseMs),
  },
  finish: {
    call: 'UpdateItem',
    prepare: claim,
    run: async (tested, tenant) => {
      const held = (await catalog.find(tenant, imageId)) as never
      return tested.finish(held, 'worker', readyResult, processedEvent(held))
    },
  },
  listDay: {
    call: 'BatchGetItem',
    prepare: register,
    run: (tested, tenant) =>
      tested.listDay({ tenant, day: new Date(clock.now).toISOString().slice(0, 10), limit: 1 }),
  },
}

t.jobs = 4
for (const [fault, answer] of Object.entries(faults)) {
  for (const [name, operation] of Object.entries(operations)) {
    for (const count of [1, 3]) {
      t.test(`${name}, ${fault} ${count} times: ends as with the SDK`, async (t) => {
        const faulty = () => answerFirst(operation.call, count, answer, intact)
        const options = answer === silent ? { requestTimeout: 2_000 } : { requestTimeout: 60_000 }
        const [own, sdk] = await runOnBoth(t, { answer: faulty, operation, options })
        t.strictSame(own, sdk)
      })
    }
  }
}

for (const [name, operation] of Object.entries(operations)) {
  t.test(`${name}, on a clock that is an hour slow: ends as with the SDK`, async (t) => {
    const answer = () => refuseOtherTimes(Date.now() + 3_600_000, intact)
    const [own, sdk] = await runOnBoth(t, { answer, operation, options: {} })
    t.not(own.result, 'DependencyUnavailable')
    // The SDK also takes the stand-in's time from answers that succeed, so it can need another attempt.
    t.strictSame({ ...own, sent: 0 }, { ...sdk, sent: 0 })
  })

  t.test(`${name}, answered with a wrong checksum: is repeated, and ends as with the SDK`, async (t) => {
    const wrong = forwardTo(endpoint, { 'x-amz-crc32': '1' })
    const answer = () => answerFirst(operation.call, 1, wrong, intact)
    const [own, sdk] = await runOnBoth(t, { answer, operation, options: {} })
    // The SDK does not verify the checksum.
    t.equal(own.sent, sdk.sent + 1)
    // As after a lost response, the results differ only in whether this request or an earlier one created the record.
    t.strictSame({ ...own, sent: 0, created: 0 }, { ...sdk, sent: 0, created: 0 })
  })
}

interface Run {
  answer: () => Answer
  operation: Operation
  options: ConnectOptions
}

async function runOnBoth(t: Test, run: Run) {
  return Promise.all([runOn(t, run, false), runOn(t, run, true)])
}

/** The result, or the name of the error; the number of requests; and what is stored afterwards. */
async function runOn(t: Test, { answer, operation, options }: Run, sdk: boolean) {
  const tenant = randomUUID()
  await operation.prepare?.(tenant)
  const { documents, calls } = await startDynamoDbDouble(t, answer(), { ...options, sdk })
  const tested = openCatalog({ documents, tableName }, clock).catalog
  const result = await operation.run(tested, tenant).catch((error) => error.name)
  const stored = await catalog.find(tenant, imageId)
  const sent = calls.filter((call) => call === operation.call).length
  const { created, ...rest } = Object(result)
  const masked = JSON.stringify({ created, result: created === undefined ? result : rest, sent, stored })
  return JSON.parse(masked.replaceAll(tenant, 'tenant'))
}
