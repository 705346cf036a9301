import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { verifyDeployment } from '../../deploy/verify-deployment.ts'
import { prepareDeployment } from './prepare-deployment.ts'

const nobodyKnows = async () => {
  throw new Error('ENOTFOUND')
}

async function prepareVerification(t: Test, url: string) {
  const prepared = await prepareDeployment(t)
  prepared.double.parameters.set('/hashgate/test/edge/url', url)
  prepared.double.parameters.set('/hashgate/test/metadata/keys-table', 'keys')
  const output = new PassThrough()
  const printed = text(output)
  const verify = async (hasZone: boolean) => {
    const isKept = await verifyDeployment(prepared.deployment, { hasZone, resolve: nobodyKnows, output })
    output.end()
    return { isKept, printed: await printed }
  }
  return { ...prepared, verify }
}

t.test('a missing DNS record is reported with its target', async (t) => {
  const { verify, double, said } = await prepareVerification(t, 'https://images.example.com')
  double.parameters.set('/hashgate/test/edge/dns-name', 'lb-1.eu-west-1.elb.amazonaws.com')
  t.strictSame(await verify(false), { isKept: true, printed: '' })
  t.match(
    said(),
    /^NOT VERIFIED: images\.example\.com has no DNS record yet\. .*CNAME to lb-1\.eu-west-1\.elb/,
  )
  t.notOk(double.actionsAsked().includes('PutItem'), 'no key is created')
})

t.test('a missing DNS record is reported even if the name of the load balancer is unknown', async (t) => {
  const { verify, said } = await prepareVerification(t, 'https://images.example.com')
  t.ok((await verify(false)).isKept)
  t.match(said(), /CNAME to the load balancer's DNS name/)
})

t.test(
  'a DNS record created by the stack must resolve, and the keys are revoked even on failure',
  async (t) => {
    const { verify, double } = await prepareVerification(t, 'http://127.0.0.1:1')
    const { isKept, printed } = await verify(true)
    t.notOk(isKept)
    t.match(printed, /^not ok 1 .*[\s\S]*ECONNREFUSED[\s\S]*Bail out!/m)
    const asked = double.actionsAsked().filter((action) => /Item$/.test(action))
    t.strictSame(asked, ['PutItem', 'PutItem', 'UpdateItem', 'UpdateItem'])
  },
)
