import kafkajs, { type AclEntry, type Admin } from 'kafkajs'
import type { KafkaClient } from '../kafka-client.ts'

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs

/** Allows a user an operation, from every host. Read and Write include Describe. */
export interface AccessRule {
  user: string
  operation: 'READ' | 'WRITE' | 'DELETE' | 'DESCRIBE_CONFIGS'
  resource: 'TOPIC' | 'GROUP' | 'CLUSTER'
  /** Name of the topic or group, or `clusterName`. */
  name: string
  /** The rule covers all names that start with `name`. */
  isPrefix?: boolean
}

export interface AccessState {
  user: string
  /** The rule in words, such as `READ of TOPIC image.processed`. */
  rule: string
  /** `kept`: the rule existed. `extra`: it existed and is not a wanted one. */
  outcome: 'created' | 'kept' | 'extra'
}

/** Kafka's name of the resource CLUSTER. */
export const clusterName = 'kafka-cluster'

/**
 * Creates the missing access rules (ACLs) of some users. Other rules of these users stay, because on a shared cluster they may
 * belong to other systems. Kafka keeps the rules in its metadata, which each new broker copies.
 * @throws Error when the cluster has no authorizer, or the login may not change access rules
 */
export async function allowAccess(kafka: KafkaClient, rules: AccessRule[]): Promise<AccessState[]> {
  const admin = kafka.admin()
  try {
    await admin.connect()
    const users = [...new Set(rules.map(({ user }) => user))]
    const existing = (await Promise.all(users.map((user) => findEntries(admin, user)))).flat()
    const kept = new Set(existing.map(idOf))
    const entries = rules.map(toEntry)
    const missing = entries.filter((entry) => !kept.has(idOf(entry)))
    if (missing.length > 0) await admin.createAcls({ acl: missing })
    const wanted = new Set(entries.map(idOf))
    return [
      ...entries.map((entry) => describe(entry, kept.has(idOf(entry)) ? 'kept' : 'created')),
      ...existing.filter((entry) => !wanted.has(idOf(entry))).map((entry) => describe(entry, 'extra')),
    ]
  } catch (error) {
    throw explain(error as Error & { type?: string })
  } finally {
    await admin.disconnect()
  }
}

/** Removes these access rules, as far as they exist. */
export async function withdrawAccess(kafka: KafkaClient, rules: AccessRule[]): Promise<void> {
  const admin = kafka.admin()
  try {
    await admin.connect()
    await admin.deleteAcls({ filters: rules.map(toEntry) })
  } finally {
    await admin.disconnect()
  }
}

async function findEntries(admin: Admin, user: string): Promise<AclEntry[]> {
  const { resources } = await admin.describeAcls({
    principal: principalOf(user),
    resourceType: AclResourceTypes.ANY,
    resourcePatternType: ResourcePatternTypes.ANY,
    operation: AclOperationTypes.ANY,
    permissionType: AclPermissionTypes.ANY,
  })
  return resources.flatMap(({ acls, ...resource }) => acls.map((acl) => ({ ...resource, ...acl })))
}

const userType = 'User:'
const principalOf = (user: string) => `${userType}${user}`

function toEntry({ user, operation, resource, name, isPrefix = false }: AccessRule): AclEntry {
  return {
    principal: principalOf(user),
    host: '*',
    permissionType: AclPermissionTypes.ALLOW,
    operation: AclOperationTypes[operation],
    resourceType: AclResourceTypes[resource],
    resourceName: name,
    resourcePatternType: isPrefix ? ResourcePatternTypes.PREFIXED : ResourcePatternTypes.LITERAL,
  }
}

function idOf(entry: AclEntry): string {
  const { principal, host, permissionType, operation, resourceType, resourcePatternType, resourceName } =
    entry
  return [principal, host, permissionType, operation, resourceType, resourcePatternType, resourceName].join()
}

function describe(entry: AclEntry, outcome: AccessState['outcome']): AccessState {
  const { principal, host, permissionType, operation, resourceType, resourcePatternType, resourceName } =
    entry
  const words = [
    ...(permissionType === AclPermissionTypes.DENY ? ['no'] : []),
    `${nameIn(AclOperationTypes, operation)} of ${nameIn(AclResourceTypes, resourceType)}`,
    resourcePatternType === ResourcePatternTypes.PREFIXED ? `${resourceName}*` : resourceName,
    ...(host === '*' ? [] : [`from ${host}`]),
  ]
  return { user: principal.slice(userType.length), rule: words.join(' '), outcome }
}

/** @param names one of kafkajs's enumerations */
const nameIn = (names: object, value: number): string =>
  Object.entries(names).find(([, other]) => other === value)?.[0] ?? String(value)

function explain(error: Error & { type?: string }): Error {
  if (error.type === 'SECURITY_DISABLED')
    return new Error(
      'The cluster has no authorizer, so it keeps no access rules: set authorizer.class.name on its brokers.',
    )
  if (error.type === 'CLUSTER_AUTHORIZATION_FAILED')
    return new Error(
      'This login may not change access rules. Use a super user of the cluster, or allow Alter and Describe on the cluster.',
    )
  return error
}
