import { type ParameterValues, readParameters } from '../read-template.ts'
import { modelDeployment } from './model-deployment.ts'

/** The environments that have parameters. */
export const environments = ['dev', 'prod'] as const

/** Optional features that the parameter files leave off. The tests need each in one environment. */
const turnedOn: Record<string, ParameterValues> = {
  dev: {
    pipeline: { Repository: 'octo-org@123456/octo-repo@789012' },
    cdn: {
      CdnDomainName: 'images-cdn.dev.example.com',
      CdnCertificateArn:
        'arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-0000-0000-000000000000',
      PublicKeyA: '-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n',
      CorsOrigins: 'https://app.example.com',
    },
    storage: { DistributionArn: 'arn:aws:cloudfront::111122223333:distribution/E2EXAMPLE' },
    gateway: {
      Webhooks: 'on',
      CdnUrl: 'https://images-cdn.dev.example.com',
    },
    webhooks: {},
    reports: { Address: 'team@example.com' },
    canary: {},
  },
}

export const modelEnvironment = (env: string) => modelDeployment(env, withOptions(env))

function withOptions(env: string): ParameterValues {
  const values = readParameters(env)
  for (const [stack, more] of Object.entries(turnedOn[env] ?? {}))
    values[stack] = { ...values[stack], ...more }
  return values
}
