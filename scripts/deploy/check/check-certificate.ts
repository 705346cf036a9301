import {
  type CertificateDetail,
  DescribeCertificateCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-acm'
import { type CheckContext, findParameter } from './check-context.ts'
import { answered, type Finding, type Verdict } from './finding.ts'
import { isPlaceholder } from './placeholders.ts'

const subject = 'certificate'
const soonDays = 30

/** Checks that the load balancer can use the certificate for the domain. A placeholder is reported with the parameters. */
export async function checkCertificate(context: CheckContext): Promise<Finding[]> {
  const { aws, caller } = context.deployment
  const parameter = findParameter(context, 'CertificateArn')
  const host = findParameter(context, 'DomainName')?.value ?? ''
  if (!parameter || isPlaceholder(parameter.value, caller.account)) return []
  const arn = parameter.value
  const say = (verdict: Verdict, text: string): Finding[] => [{ subject, verdict, text }]
  // A rule of the template refuses the deployment if there is no hosted zone either.
  if (arn === '')
    return findParameter(context, 'HostedZoneId')?.value ? say('ok', 'the stack requests it') : []
  const [, , service, region, account] = arn.split(':')
  if (service !== 'acm') return say('fails', `CertificateArn is not the ARN of an ACM certificate: ${arn}`)
  if (region !== caller.region || account !== caller.account) {
    return say(
      'fails',
      `${arn} is of ${account}, ${region}; request one in ${caller.account}, ${caller.region}`,
    )
  }
  const asked = aws.acm
    .send(new DescribeCertificateCommand({ CertificateArn: arn }))
    .catch((error: Error) => {
      if (error instanceof ResourceNotFoundException) return undefined
      throw error
    })
  const certificate = (await answered('acm:DescribeCertificate', asked))?.Certificate
  return certificate ? say(...judge(certificate, host)) : say('fails', `${arn} does not exist`)
}

function judge(certificate: CertificateDetail, host: string): [Verdict, string] {
  const { Status, NotAfter, DomainName = '', SubjectAlternativeNames = [], RenewalEligibility } = certificate
  const names = [...new Set([DomainName, ...SubjectAlternativeNames])]
  if (Status === 'PENDING_VALIDATION') {
    return ['fails', 'it is not validated yet: create the DNS records that ACM shows for it, and wait']
  }
  if (Status !== 'ISSUED') return ['fails', `its status is ${Status}: request another one`]
  if (!names.some((name) => covers(name, host))) {
    return ['fails', `it is for ${names.join(', ')}, not for ${host}`]
  }
  const days = NotAfter ? Math.floor((NotAfter.getTime() - Date.now()) / 86_400_000) : Infinity
  if (days < soonDays && RenewalEligibility === 'INELIGIBLE') {
    return ['note', `it expires in ${days} days, and ACM does not renew it`]
  }
  return ['ok', `it is issued for ${names.join(', ')}`]
}

/** A wildcard stands for exactly one label. Source: RFC 6125, section 6.4.3. */
function covers(name: string, host: string): boolean {
  if (!name.startsWith('*.')) return name === host
  return host.slice(host.indexOf('.')) === name.slice(1)
}
