import t from 'tap'
import { checkCertificate } from '../../../deploy/check/check-certificate.ts'
import { account, prepareCheck } from './prepare-check.ts'

const DomainName = 'images.acme.io'
const CertificateArn = `arn:aws:acm:eu-west-1:${account}:certificate/8f0c`
const inDays = (days: number) => Math.floor(Date.now() / 1_000) + days * 86_400
const issued = { Status: 'ISSUED', DomainName, NotAfter: inDays(200) }
const soon = { ...issued, NotAfter: inDays(9.5) }

t.test('the certificate must be usable for the domain', async (t) => {
  const cases: [what: string, certificate: object | undefined, verdict: string, text: RegExp][] = [
    ['issued', issued, 'ok', /^it is issued for images\.acme\.io$/],
    ['wildcard', { ...issued, DomainName: '*.acme.io' }, 'ok', /issued for \*\.acme\.io/],
    [
      'other name',
      { ...issued, DomainName: 'acme.io', SubjectAlternativeNames: [DomainName] },
      'ok',
      /issued/,
    ],
    ['missing', undefined, 'fails', /8f0c does not exist$/],
    ['pending', { ...issued, Status: 'PENDING_VALIDATION' }, 'fails', /not validated yet: create the DNS/],
    ['expired', { ...issued, Status: 'EXPIRED' }, 'fails', /status is EXPIRED: request another/],
    [
      'parent',
      { ...issued, DomainName: 'acme.io' },
      'fails',
      /^it is for acme\.io, not for images\.acme\.io$/,
    ],
    ['wildcard of another level', { ...issued, DomainName: '*.io' }, 'fails', /not for images\.acme\.io/],
    ['imported', { ...soon, RenewalEligibility: 'INELIGIBLE' }, 'note', /expires in 9 days/],
    ['renewed by ACM', { ...soon, RenewalEligibility: 'ELIGIBLE' }, 'ok', /issued/],
  ]
  for (const [what, certificate, verdict, text] of cases) {
    const { context, double } = await prepareCheck(t, ['edge'], {
      edge: { DomainName, CertificateArn },
    })
    if (certificate) double.account.certificates.set(CertificateArn, certificate)
    t.match(await checkCertificate(context), [{ subject: 'certificate', verdict, text }], what)
  }
})

t.test('a certificate that the load balancer cannot use is refused without a lookup', async (t) => {
  const cases = {
    'arn:aws:acm:us-east-1:111122223333:certificate/1':
      /is of 111122223333, us-east-1; request one in 111122223333, eu-west-1/,
    'arn:aws:acm:eu-west-1:222233334444:certificate/1': /is of 222233334444, eu-west-1/,
    'arn:aws:iam::111122223333:server-certificate/1': /not the ARN of an ACM certificate/,
  }
  for (const [CertificateArn, text] of Object.entries(cases)) {
    const { context, double } = await prepareCheck(t, ['edge'], {
      edge: { DomainName, CertificateArn },
    })
    t.match(await checkCertificate(context), [{ verdict: 'fails', text }])
    t.notOk(double.actionsAsked().includes('DescribeCertificate'))
  }
})

t.test('without a certificate the stack requests one in the hosted zone', async (t) => {
  const { context } = await prepareCheck(t, ['edge'], { edge: { DomainName, HostedZoneId: 'Z1' } })
  t.match(await checkCertificate(context), [{ verdict: 'ok', text: 'the stack requests it' }])
})

t.test('nothing is checked for stacks without a certificate', async (t) => {
  const { context } = await prepareCheck(t, ['network'])
  t.strictSame(await checkCertificate(context), [])
})
