import t from 'tap'
import { createHashgateClient } from '../../packages/client/src/hashgate-client.ts'

/** A gateway with pages of one image, one of them empty. */
function openClient() {
  const asked: string[] = []
  const pages = [
    { images: [{ imageId: 'b' }], nextCursor: 'one' },
    { images: [], nextCursor: 'two' },
    { images: [{ imageId: 'a' }] },
  ]
  const fetch: typeof globalThis.fetch = async (url) => {
    asked.push(String(url))
    return Response.json(pages[asked.length - 1])
  }
  return { asked, client: createHashgateClient({ gateway: 'http://gateway', key: 'k', fetch }) }
}

t.test('requests one page, with only the given parameters', async (t) => {
  const { asked, client } = openClient()
  t.match(await client.listImages(), { images: [{ imageId: 'b' }], nextCursor: 'one' })
  await client.listImages({ day: '2026-11-22', status: 'ready', limit: 1 }, 'a&b')
  t.strictSame(asked, [
    'http://gateway/v1/images?',
    'http://gateway/v1/images?day=2026-11-22&status=ready&limit=1&cursor=a%26b',
  ])
})

t.test('iterates over all pages, even after an empty one', async (t) => {
  const { asked, client } = openClient()
  const images = await Array.fromAsync(client.eachImage({ status: 'ready' }))
  t.strictSame(
    images.map(({ imageId }) => imageId),
    ['b', 'a'],
  )
  t.strictSame(asked, [
    'http://gateway/v1/images?status=ready',
    'http://gateway/v1/images?status=ready&cursor=one',
    'http://gateway/v1/images?status=ready&cursor=two',
  ])
})
