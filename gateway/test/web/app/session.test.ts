import t from 'tap'
import { ownerOf } from '../../../web/app/session.ts'

const tokenOf = (claims: object) =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`

t.test('the owner of a key is named without its secret', async (t) => {
  t.equal(ownerOf(`hg_9edf43a470e4_${'5'.repeat(48)}`), '9edf43a470e4')
  t.equal(ownerOf(tokenOf({ iss: 'https://id.example.com', sub: 'ada?>~' })), 'https://id.example.com ada?>~')
})

t.test('a new token of the same person has the same owner', async (t) => {
  t.equal(ownerOf(tokenOf({ sub: 'ada', exp: 1 })), ownerOf(tokenOf({ sub: 'ada', exp: 2 })))
  t.not(ownerOf(tokenOf({ sub: 'ada' })), ownerOf(tokenOf({ sub: 'bob' })))
})

t.test('text that is neither a key nor a token has no owner', async (t) => {
  for (const key of ['', 'key', 'a.b.c', tokenOf({}), `x.${btoa('null')}.y`])
    t.equal(ownerOf(key), 'unknown', key)
})
