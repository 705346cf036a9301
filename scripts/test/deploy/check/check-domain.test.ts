import t from 'tap'
import { checkDomain } from '../../../deploy/check/check-domain.ts'
import { prepareCheck } from './prepare-check.ts'

const DomainName = 'images.acme.io'
const balancer = 'hashgate-dev-1.eu-west-1.elb.amazonaws.com'
const resolveTo = (names: string[]) => async () => names
const fail = async () => {
  throw new Error('ENOTFOUND')
}

t.test('the hosted zone must be public and contain the domain', async (t) => {
  const cases: [zone: object | undefined, verdict: string, text: RegExp][] = [
    [{ Name: 'acme.io.' }, 'ok', /creates the record of images\.acme\.io in the hosted zone acme\.io/],
    [{ Name: 'images.acme.io' }, 'ok', /creates the record/],
    [{ Name: 'ages.acme.io' }, 'fails', /is not in the hosted zone Z1, which is ages\.acme\.io/],
    [{ Name: 'acme.io', VPCs: [{ VPCId: 'vpc-1' }] }, 'fails', /is private/],
    [undefined, 'fails', /the hosted zone Z1 does not exist/],
  ]
  for (const [zone, verdict, text] of cases) {
    const edge = { DomainName, HostedZoneId: 'Z1' }
    const { context, double } = await prepareCheck(t, ['edge'], { edge })
    if (zone) double.standing.set('Z1', zone)
    t.match(await checkDomain(context, fail), [{ subject: 'domain', verdict, text }], text.source)
  }
})

t.test('without a hosted zone the domain must lead to the load balancer', async (t) => {
  const { context, double } = await prepareCheck(t, ['edge'], { edge: { DomainName } })
  const later = /create a CNAME of images\.acme\.io when edge is deployed/
  t.match(await checkDomain(context, fail), [{ verdict: 'note', text: later }])
  double.parameters.set('/hashgate/dev/edge/dns-name', balancer)
  t.match(await checkDomain(context, resolveTo([balancer.toUpperCase()])), [{ verdict: 'ok' }])
  const advice = `unless it is an alias, make it a CNAME of ${balancer}`
  t.match(await checkDomain(context, resolveTo(['old.acme.io'])), [
    { verdict: 'note', text: `images.acme.io is a CNAME of old.acme.io: ${advice}` },
  ])
  t.match(await checkDomain(context, fail), [
    { verdict: 'note', text: `images.acme.io has no CNAME: ${advice}` },
  ])
})
