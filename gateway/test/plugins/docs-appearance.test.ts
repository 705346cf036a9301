import t from 'tap'
import { createTestApp } from '../../../scripts/testkit/create-test-app.ts'

t.test("Swagger UI has the product's name and mark", async (t) => {
  const { app } = await createTestApp(t)
  const { body } = await app.inject('/docs/')
  t.match(body, /<title>hashgate API</)
  const [, icon = ''] = /rel="icon" type="image\/svg\+xml" href="\.([^"]+)"/.exec(body) ?? []
  t.match(await app.inject(`/docs${icon}`), {
    statusCode: 200,
    headers: { 'content-type': 'image/svg+xml' },
    body: /^<svg /,
  })
})

for (const WEB of ['on', 'off'] as const)
  t.test(`with WEB=${WEB}`, async (t) => {
    const { app } = await createTestApp(t, { config: { WEB } })
    const shown: string = (await app.inject('/docs/json')).json().info.description
    const contract: string = (await app.inject('/openapi.json')).json().info.description
    const script = (await app.inject('/docs/static/theme/name-logo.js')).body
    t.notMatch(contract, 'upload page', 'the contract does not depend on it')
    if (WEB === 'on') {
      t.match(shown, '[the upload page](/)')
      t.match(script, "href = '/'")
    } else {
      t.equal(shown, contract, 'there is no link to the missing page')
      t.match(script, "href = '/docs'")
    }
  })
