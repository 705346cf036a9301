import type { GlobalSecondaryIndexDescription } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import t from 'tap'
import { sum } from '../../../bench/sum.ts'
import { countWrites } from '../../../bench/writes/writes-bench.ts'
import { countIndexWrites } from '../../../cost/meter/count-index-writes.ts'

const index: GlobalSecondaryIndexDescription = {
  KeySchema: [
    { AttributeName: 'shard', KeyType: 'HASH' },
    { AttributeName: 'at', KeyType: 'RANGE' },
  ],
  Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['status'] },
}
const all: GlobalSecondaryIndexDescription = { ...index, Projection: { ProjectionType: 'ALL' } }
const entry = { pk: 'acme#1', shard: 'a', at: 1, status: 'pending', note: 'x' }
const item = (changes: object) => marshall({ ...entry, ...changes }, { removeUndefinedValues: true })

t.test('writes to an index are counted as DynamoDB counts them', async (t) => {
  const same = item({})
  t.equal(countIndexWrites(index, undefined, same), 1, 'a new entry')
  t.equal(countIndexWrites(index, same, undefined), 1, 'a deleted item')
  t.equal(countIndexWrites(index, same, item({ shard: undefined })), 1, 'an item that leaves the index')
  t.equal(countIndexWrites(index, item({ at: undefined }), same), 1, 'an item that enters the index')
  t.equal(countIndexWrites(index, same, item({ status: 'ready' })), 1, 'a projected attribute')
  t.equal(countIndexWrites(index, same, item({ note: 'y' })), 0, 'an attribute that is not projected')
  t.equal(countIndexWrites(all, same, item({ note: 'y' })), 1, 'any attribute of an index that projects all')
  t.equal(countIndexWrites(index, same, item({ at: 2 })), 2, 'another key')
  t.equal(countIndexWrites(index, undefined, item({ at: undefined })), 0, 'never in the index')
})

t.test('one image costs four writes to the table and five to its indexes', async (t) => {
  const { upload, duplicate } = await countWrites()
  const indexWrites = upload.flatMap(({ indexes }) => Object.values(indexes))
  t.strictSame([upload.length, sum(indexWrites)], [4, 5])
  t.equal(sum(upload.map(({ units }) => units)), 6, 'write units of the table')
  const duplicateIndexWrites = duplicate.flatMap(({ indexes }) => Object.values(indexes))
  t.strictSame(
    [duplicate.length, sum(duplicateIndexWrites)],
    [2, 0],
    'a duplicate costs the refused put and the counter',
  )
  t.equal(sum(duplicate.map(({ units }) => units)), 3)
})
