import { generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import { checkParameters } from '../../../deploy/check/check-parameters.ts'
import { prepareCheck } from './prepare-check.ts'

const edge = { DomainName: 'images.acme.io', HostedZoneId: 'Z1' }

async function check(t: Parameters<typeof prepareCheck>[0], stack: string, given: Record<string, string>) {
  const { context } = await prepareCheck(t, [stack], { [stack]: given })
  return checkParameters(context)
}

t.test('valid parameters are one finding', async (t) => {
  const { context } = await prepareCheck(t, ['network', 'edge'], { edge })
  t.strictSame(await checkParameters(context), [
    { subject: 'parameters', verdict: 'ok', text: 'those of 2 stacks are valid' },
  ])
})

t.test('values that CloudFormation would refuse later are found', async (t) => {
  const cases: [stack: string, given: Record<string, string>, text: RegExp][] = [
    ['edge', {}, /^edge needs DomainName: set it in deploy\/parameters\/dev\.json/],
    ['gateway', { Colour: 'red' }, /^deploy\/parameters\/dev\.json: gateway has no parameter "Colour"/],
    ['edge', { DomainName: 'images.acme.io' }, /^edge: Set CertificateArn, or set HostedZoneId/],
    ['edge', { ...edge, DomainName: 'Images' }, /^edge\.DomainName is "Images", but must match/],
    ['gateway', { Webhooks: 'yes' }, /^gateway\.Webhooks is "yes", but must be one of on, off/],
    ['gateway', { MinInstances: 'two' }, /^gateway\.MinInstances is "two", but must be a number/],
    ['gateway', { MinInstances: '0' }, /^gateway\.MinInstances is "0", but must be at least 1/],
    ['processor', { MemoryMiB: '20000' }, /^processor\.MemoryMiB is "20000", but must be at most 10240/],
    ['processor', { Variants: 'x'.repeat(3_001) }, /Variants is "x+", but must have at most 3000 characters/],
    ['kafka', {}, /^kafka: Set BootstrapServers, or use the reference cluster/],
    ['kafka', { CaCertificate: 'no PEM' }, /^CaCertificate does not contain a PEM certificate/],
  ]
  for (const [stack, given, text] of cases) {
    const findings = await check(t, stack, given)
    t.match(findings[0], { subject: 'parameters', verdict: 'fails', text }, text.source)
  }
  const withCluster = await check(t, 'kafka', { ReferenceCluster: 'yes' })
  t.match(withCluster, [{ verdict: 'ok' }], 'the assertions hold only under their condition')
})

t.test('placeholders are found, and similar values are not reported', async (t) => {
  const zeros = 'arn:aws:acm:eu-west-1:111122223333:certificate/00000000-0000-0000-0000-000000000000'
  const placeholders = ['images.example.com', 'https://app.example.org', 'a.example', '123456789012', zeros]
  for (const value of placeholders) {
    const findings = await check(t, 'gateway', { CorsOrigins: value })
    const text = `gateway.CorsOrigins is the placeholder ${value}: set your own`
    t.match(findings, [{ verdict: 'fails', text }], value)
  }
  const own = ['https://example-images.io', 'https://myexample.com', 'https://example.company.io']
  for (const value of [...own, 'arn:aws:x:eu-west-1:111122223333:y']) {
    const findings = await check(t, 'gateway', { CorsOrigins: value })
    t.match(findings, [{ verdict: 'ok' }], value)
  }
})

t.test('a bucket without CORS origins is a note', async (t) => {
  const text = /CorsOrigins is not set: no page can upload/
  t.match(await check(t, 'storage', {}), [{ verdict: 'note', text }])
  t.match(await check(t, 'storage', { CorsOrigins: 'https://acme.io' }), [{ verdict: 'ok' }])
})

t.test('stacks that need three zones are not deployed into two', async (t) => {
  const names = ['network', 'kafka-cluster', 'analytics']
  const { context } = await prepareCheck(t, names, { network: { Zones: '2' } })
  t.match(await checkParameters(context), [
    { verdict: 'fails', text: 'kafka-cluster needs three zones, but network.Zones is 2' },
    { verdict: 'fails', text: 'analytics needs three zones, but network.Zones is 2' },
  ])
})

t.test('parameters that CloudFront requires must be complete', async (t) => {
  const gateway = { CdnUrl: 'https://cdn.acme.io' }
  const DistributionArn = 'arn:aws:cloudfront::222233334444:distribution/E2QWRUHAPOMQZL'
  const storage = { CorsOrigins: 'https://acme.io' }
  const cases: [storage: Record<string, string>, gateway: Record<string, string>, text: RegExp][] = [
    [storage, gateway, /^gateway\.CdnUrl needs storage\.DistributionArn: set it in/],
    [{ ...storage, DistributionArn }, gateway, /^those of 2 stacks are valid/],
    [{ ...storage, DistributionArn }, {}, /^those of 2 stacks are valid/],
    [storage, {}, /^those of 2 stacks are valid/],
  ]
  for (const [inStorage, inGateway, text] of cases) {
    const { context } = await prepareCheck(t, ['storage', 'gateway'], {
      storage: inStorage,
      gateway: inGateway,
    })
    t.match(await checkParameters(context), [{ text }], text.source)
  }
})

t.test('a distribution without a public key is found', async (t) => {
  const cdn = {
    CdnDomainName: 'cdn.acme.io',
    CdnCertificateArn: 'arn:aws:acm:us-east-1:222233334444:certificate/8f0a1f3e-1111-4222-8333-444455556666',
  }
  t.match(await check(t, 'cdn', cdn), [
    { verdict: 'fails', text: /^cdn: Set PublicKeyA or PublicKeyB\. Without a key group/ },
  ])
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const PublicKeyB = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  t.match(await check(t, 'cdn', { ...cdn, PublicKeyB }), [{ verdict: 'ok' }])
  const wrongRegion = {
    ...cdn,
    PublicKeyB,
    CdnCertificateArn: cdn.CdnCertificateArn.replace('us-east-1', 'eu-west-1'),
  }
  t.match(await check(t, 'cdn', wrongRegion), [
    { verdict: 'fails', text: /CdnCertificateArn .* must match .*us-east-1/ },
  ])
})

t.test("the pipeline's repository must have the format of a token's subject", async (t) => {
  for (const Repository of ['octo-org/octo-repo', 'octo-org@123456/octo.repo_1@789012'])
    t.match(await check(t, 'pipeline', { Repository }), [{ verdict: 'ok' }], Repository)
  for (const Repository of [
    '',
    'octo-repo',
    'octo-org/*',
    'octo-org/octo-repo:ref',
    'https://github.com/octo-org/octo-repo',
  ])
    t.match(await check(t, 'pipeline', { Repository }), [{ verdict: 'fails', text: /pipeline/ }], Repository)
})
