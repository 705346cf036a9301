import { type ParameterValues, readParameters } from '../read-template.ts'
import { modelDeployment } from './model-deployment.ts'

/** The environments that have parameters. */
export const environments = ['dev', 'prod'] as const

/** What the parameter files leave off, for the tests to have it in one environment. */
const turnedOn: Record<string, ParameterValues> = {
  dev: {
    pipeline: { Repository: 'octo-org@123456/octo-repo@789012' },
    gateway: { Webhooks: 'on' },
    webhooks: {},
    reports: { Address: 'team@example.com' },
  },
}

export const modelEnvironment = (env: string) => modelDeployment(env, withOptions(env))

function withOptions(env: string): ParameterValues {
  const values = readParameters(env)
  for (const [stack, more] of Object.entries(turnedOn[env] ?? {}))
    values[stack] = { ...values[stack], ...more }
  return values
}
