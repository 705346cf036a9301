import { UpdateTerminationProtectionCommand } from '@aws-sdk/client-cloudformation'
import type { Deployment } from '../deployment.ts'
import type { Stack } from '../read-stacks.ts'
import { isKept } from '../template.ts'

const dataTypes = ['AWS::S3::Bucket', 'AWS::DynamoDB::Table', 'AWS::SecretsManager::Secret']

/** Whether the stack has buckets, tables or secrets that outlive it. */
export function holdsData({ template }: Stack): boolean {
  return Object.values(template.Resources).some(
    (resource) => isKept(resource) && dataTypes.includes(resource.Type),
  )
}

/** Turns termination protection on or off. While it is on, CloudFormation refuses to delete the stack. */
export async function protectStack({ aws }: Deployment, stackId: string, isOn: boolean): Promise<void> {
  await aws.cloudFormation.send(
    new UpdateTerminationProtectionCommand({ StackName: stackId, EnableTerminationProtection: isOn }),
  )
}
