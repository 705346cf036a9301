import { GetResourceCommand, ResourceNotFoundException } from '@aws-sdk/client-cloudcontrol'
import {
  DescribeSecretCommand,
  ResourceNotFoundException as NoSuchSecret,
} from '@aws-sdk/client-secrets-manager'
import type { Deployment } from '../deployment.ts'
import type { Stack } from '../read-stacks.ts'
import { isKept } from '../template.ts'

/** A retained resource with a fixed name, which blocks the creation of another one with that name. */
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
 * Finds resources of new stacks that already exist, because they were retained when an earlier stack was destroyed. CloudFormation
 * would report them one by one in the middle of the deployment.
 */
export async function findKept(deployment: Deployment, stacks: Stack[]): Promise<Named[]> {
  const found: Named[] = []
  for (const stack of stacks) {
    for (const named of listKept(deployment, stack)) {
      if (await exists(deployment, named)) found.push(named)
    }
  }
  return found
}

/** Lists the retained resources of a template whose names are known before deployment. */
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

async function exists({ aws, caller }: Deployment, { type, name }: Named): Promise<boolean> {
  try {
    // Cloud Control needs the secret's ARN, which ends in random characters. A secret scheduled for deletion still blocks its name.
    if (type === 'AWS::SecretsManager::Secret') {
      await aws.secretsManager.send(new DescribeSecretCommand({ SecretId: name }))
    } else {
      const Identifier = type === 'AWS::SQS::Queue' ? queueUrl(caller, name) : name
      await aws.cloudControl.send(new GetResourceCommand({ TypeName: type, Identifier }))
    }
    return true
  } catch (error) {
    if (error instanceof ResourceNotFoundException || error instanceof NoSuchSecret) return false
    throw new Error(`Could not check whether ${name} (${type}) exists: ${(error as Error).message}`)
  }
}

function queueUrl({ account, region }: Deployment['caller'], name: string): string {
  return `https://sqs.${region}.amazonaws.com/${account}/${name}`
}
