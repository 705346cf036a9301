import type { ModelStack } from './model-deployment.ts'
import { modelResource } from './model-resource.ts'

export type Settings = Record<string, string>

/** The environment variables of a stack's Lambda function. */
export function functionSettings(stacks: ModelStack[], stack: string): Settings {
  const { Environment } = modelResource<{ Environment: { Variables: Record<string, unknown> } }>(
    stacks,
    stack,
    'Function',
  )
  return Object.fromEntries(
    Object.entries(Environment.Variables).map(([name, value]) => [name, String(value)]),
  )
}

export const processorSettings = (stacks: ModelStack[]): Settings => functionSettings(stacks, 'processor')

/** The environment variables of the gateway, from the file that an instance writes for systemd when it boots. */
export function gatewaySettings(stacks: ModelStack[]): Settings {
  const { LaunchTemplateData } = modelResource<{ LaunchTemplateData: { UserData: string } }>(
    stacks,
    'gateway',
    'LaunchTemplate',
  )
  const [, file] = /gateway\.env <<'(?:\w+)'\n([\s\S]*?)\n[A-Z]+\n/.exec(LaunchTemplateData.UserData) ?? []
  if (!file) throw new Error('the user data of the gateway writes no gateway.env')
  return Object.fromEntries(
    file.split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]),
  )
}
