import t from 'tap'
import { pageKeys } from '../../../../local/s3/operations/page-keys.ts'

const all = { prefix: '', delimiter: '', after: '', maxKeys: 1000 }

t.test('a page has at most maxKeys keys', async (t) => {
  t.same(pageKeys(['c', 'a', 'b'], { ...all, maxKeys: 2 }), {
    keys: ['a', 'b'],
    commonPrefixes: [],
    next: 'b',
  })
  t.same(pageKeys(['c', 'a', 'b'], { ...all, after: 'b' }), { keys: ['c'], commonPrefixes: [] })
  t.same(pageKeys(['a'], { ...all, maxKeys: 0 }), { keys: [], commonPrefixes: [] })
})

t.test('a common prefix counts once and is not repeated on the next page', async (t) => {
  const keys = ['a/1', 'a/2', 'a/3', 'b']
  const page = pageKeys(keys, { ...all, delimiter: '/', maxKeys: 1 })
  t.same(page, { keys: [], commonPrefixes: ['a/'], next: 'a/' })
  t.same(pageKeys(keys, { ...all, delimiter: '/', after: 'a/' }), { keys: ['b'], commonPrefixes: [] })
})
