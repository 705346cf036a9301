import type { AccessOptions } from './describe-access.ts'

type Names = Pick<AccessOptions, 'users' | 'groups'>

/**
 * The users and consumer groups of an environment, named as the templates in `deploy/` name them, and the worker's default groups.
 * @param given users with other names, as `component=name`
 * @throws Error when one of them names no component
 */
export function accessNames(env: string, given: string[] = []): Names {
  const named = (component: string) => `hashgate-${env}-${component}`
  const users = { gateway: named('gateway'), processor: named('processor'), webhooks: named('webhooks') }
  for (const text of given) {
    const [component = '', name] = text.split('=')
    if (!isComponent(users, component) || !name)
      throw new Error(`--user ${text}: give it as ${Object.keys(users).join(' or ')}, "=" and a user name.`)
    users[component] = name
  }
  return {
    users,
    groups: {
      processor: ['hashgate-processor', named('processor-lambda')],
      webhooks: ['hashgate-webhooks', named('webhooks-processed-lambda'), named('webhooks-rejected-lambda')],
    },
  }
}

const isComponent = (users: Names['users'], name: string): name is keyof Names['users'] =>
  Object.hasOwn(users, name)
