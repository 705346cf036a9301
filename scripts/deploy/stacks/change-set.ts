import { setTimeout } from 'node:timers/promises'
import {
  type Change,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  type DescribeChangeSetCommandOutput,
  ExecuteChangeSetCommand,
  type ResourceChange,
} from '@aws-sdk/client-cloudformation'
import type { Aws } from '../connect-aws.ts'

export interface ChangeSet {
  stackId: string
  id: string
  /** Empty if the stack matches its template. */
  changes: ResourceChange[]
}

export interface ChangeSetRequest {
  stackName: string
  isNew: boolean
  /** The body, or its URL if it is too large to be sent. */
  template: { TemplateBody: string } | { TemplateURL: string }
  values: Record<string, string>
  tags: Record<string, string>
  pollMs: number
}

type CloudFormation = Pick<Aws, 'cloudFormation'>

/** Creates a change set. @throws Error with CloudFormation's reason if that fails */
export async function createChangeSet(
  { cloudFormation }: CloudFormation,
  { stackName, isNew, template, values, tags, pollMs }: ChangeSetRequest,
): Promise<ChangeSet> {
  const { Id = '', StackId = '' } = await cloudFormation.send(
    new CreateChangeSetCommand({
      StackName: stackName,
      ChangeSetName: `deploy-${Date.now()}`,
      ChangeSetType: isNew ? 'CREATE' : 'UPDATE',
      ...template,
      Parameters: Object.entries(values).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
    }),
  )
  for (;;) {
    const found = await cloudFormation.send(new DescribeChangeSetCommand({ ChangeSetName: Id }))
    if (found.Status === 'CREATE_COMPLETE') {
      return { id: Id, stackId: StackId, changes: await readChanges(cloudFormation, Id, found) }
    }
    if (found.Status === 'FAILED') {
      await deleteChangeSet({ cloudFormation }, Id)
      if (isEmpty(found)) return { id: Id, stackId: StackId, changes: [] }
      throw new Error(`${stackName} could not be planned: ${found.StatusReason}`)
    }
    await setTimeout(pollMs)
  }
}

/** A failed creation removes new resources, even those with a retention policy. */
export async function executeChangeSet({ cloudFormation }: CloudFormation, { id }: ChangeSet): Promise<void> {
  await cloudFormation.send(new ExecuteChangeSetCommand({ ChangeSetName: id, RetainExceptOnCreate: true }))
}

export async function deleteChangeSet({ cloudFormation }: CloudFormation, id: string): Promise<void> {
  await cloudFormation.send(new DeleteChangeSetCommand({ ChangeSetName: id }))
}

/** CloudFormation reports an empty change set only by these messages. */
function isEmpty({ StatusReason = '' }: DescribeChangeSetCommandOutput): boolean {
  return /didn't contain changes|No updates are to be performed/.test(StatusReason)
}

async function readChanges(
  client: Aws['cloudFormation'],
  ChangeSetName: string,
  first: DescribeChangeSetCommandOutput,
): Promise<ResourceChange[]> {
  const changes: Change[] = [...(first.Changes ?? [])]
  for (let { NextToken } = first; NextToken; ) {
    const page = await client.send(new DescribeChangeSetCommand({ ChangeSetName, NextToken }))
    changes.push(...(page.Changes ?? []))
    NextToken = page.NextToken
  }
  return changes.flatMap(({ ResourceChange }) => ResourceChange ?? [])
}
