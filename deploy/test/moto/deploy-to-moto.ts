import type { Test } from 'tap'
import { nameArtefact } from '../../../scripts/deploy/artefacts.ts'
import type { Deployment } from '../../../scripts/deploy/deployment.ts'
import { chooseStacks, readStacks, type Stack } from '../../../scripts/deploy/read-stacks.ts'
import { deployStacks } from '../../../scripts/deploy/stacks/deploy-stacks.ts'
import { planStacks } from '../../../scripts/deploy/stacks/plan-stacks.ts'
import { adaptForMoto, halfSupported } from './adapt-for-moto.ts'
import { listSupportedTypes, region, requestCertificate, startMoto } from './start-moto.ts'

export const env = 'dev'

/** Turns on the scheduled report, which the parameter file leaves off. */
const withReports = (stack: Stack): Stack =>
  stack.name === 'reports' ? { ...stack, isWanted: true, given: { Address: 'team@example.com' } } : stack

/** Deploys a whole environment to moto with the steps of the deploy command. */
export async function deployToMoto(t: Test) {
  const { endpoint, aws } = await startMoto(t)
  const supported = await listSupportedTypes()
  for (const type of Object.keys(halfSupported)) supported.delete(type)
  const all = await readStacks(new URL('../../', import.meta.url), env)
  const wanted = chooseStacks(all.map(withReports), [])
  const certificate = await requestCertificate(endpoint, 'images.dev.example.com')
  for (const { given } of wanted) if ('CertificateArn' in given) given.CertificateArn = certificate
  const stacks = wanted.map((stack) => adaptForMoto(stack, supported))
  const lines: string[] = []
  const deployment: Deployment = {
    env,
    aws,
    caller: { account: '123456789012', region, principalArn: 'arn:aws:iam::123456789012:role/deployer' },
    artefacts: {
      processor: nameArtefact('processor', 'zip', Buffer.from('no program: moto runs none')),
      gateway: nameArtefact('gateway', 'zip', Buffer.from('no program: moto runs none')),
      gatewayBoot: nameArtefact('gateway', 'sh', Buffer.from('no script: moto boots nothing')),
      report: nameArtefact('report', 'zip', Buffer.from('no program: moto runs none')),
    },
    say: (line) => lines.push(line),
    ask: async () => '',
    pollMs: 50,
  }
  const deploy = async () => deployStacks(deployment, await planStacks(deployment, stacks))
  const missingTypes = [...new Set(wanted.flatMap(({ template }) => Object.values(template.Resources)))]
    .map(({ Type }) => Type)
    .filter((type) => !supported.has(type))
  return {
    endpoint,
    deployment,
    stacks,
    wanted,
    deploy,
    lines,
    missingTypes: [...new Set(missingTypes)].sort(),
  }
}
