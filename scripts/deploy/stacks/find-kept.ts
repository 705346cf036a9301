import { GetResourceCommand, ResourceNotFoundException } from '@aws-sdk/client-cloudcontrol'
import {
  DescribeSecretCommand,
  ResourceNotFoundException as NoSuchSecret,
} from '@aws-sdk/client-secrets-manager'
import type { Deployment } from '../deployment.ts'
import type { Stack } from '../read-stacks.ts'
import { isKept } from '../template.ts'

/** A resource that outlives its stack, with the name by which another one of its kind could not be made. */
export interface Named {
  type: string
  name: string
}

const nameProperties: Record<string, string> = {
  'AWS::S3::Bucket': 'BucketName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::SecretsManager::Secret': 'Name',
  'AWS::SQS::Queue': 'QueueName',
}

/**
 * What new stacks would make, and what is there already: kept when an earlier stack was destroyed. CloudFormation would find
 * out one by one, in the middle.
 */
export async function findKept(deployment: Deployment, stacks: Stack[]): Promise<Named[]> {
  const found: Named[] = []
  for (const stack of stacks) {
    for (const named of listKept(deployment, stack)) {
      if (await isThere(deployment, named)) found.push(named)
    }
  }
  return found
}

/** @throws Error that names each, and says what can be done */
export async function refuseKept(deployment: Deployment, stacks: Stack[]): Promise<void> {
  const kept = await findKept(deployment, stacks)
  if (kept.length === 0) return
  const lines = kept.map(({ type, name }) => `  ${name}  ${type}`)
  throw new Error(`Nothing was deployed. These are there already, from an earlier ${deployment.env}, and no stack has them:
${lines.join('\n')}
Deploy under another name (--env), or remove them, or import them into their stacks by hand: deploy/README.md, "Destroy".`)
}

/** Those whose name can be known beforehand. */
export function listKept(deployment: Deployment, { template }: Stack): Named[] {
  return Object.values(template.Resources)
    .filter(isKept)
    .flatMap(({ Type: type, Properties }) => {
      const name = fillIn(Properties?.[nameProperties[type] ?? ''], deployment)
      return name ? [{ type, name }] : []
    })
}

function fillIn(name: unknown, { env, caller }: Deployment): string | undefined {
  const text = typeof name === 'object' && name !== null && 'Fn::Sub' in name ? name['Fn::Sub'] : name
  if (typeof text !== 'string') return undefined
  const values: Record<string, string> = {
    Env: env,
    'AWS::AccountId': caller.account,
    'AWS::Region': caller.region,
  }
  return text.replace(/\$\{([\w:]+)\}/g, (all, key: string) => values[key] ?? all)
}

async function isThere({ aws, caller }: Deployment, { type, name }: Named): Promise<boolean> {
  try {
    // Cloud Control wants an ARN, whose end nobody knows. A secret that waits for its deletion has its name still.
    if (type === 'AWS::SecretsManager::Secret') {
      await aws.secretsManager.send(new DescribeSecretCommand({ SecretId: name }))
    } else {
      const Identifier = type === 'AWS::SQS::Queue' ? queueUrl(caller, name) : name
      await aws.cloudControl.send(new GetResourceCommand({ TypeName: type, Identifier }))
    }
    return true
  } catch (error) {
    if (error instanceof ResourceNotFoundException || error instanceof NoSuchSecret) return false
    throw new Error(`Whether ${name} (${type}) is there already cannot be seen: ${(error as Error).message}`)
  }
}

function queueUrl({ account, region }: Deployment['caller'], name: string): string {
  return `https://sqs.${region}.amazonaws.com/${account}/${name}`
}
