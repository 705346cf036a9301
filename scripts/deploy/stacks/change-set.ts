import { setTimeout } from 'node:timers/promises'
import {
  type Change,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  type DescribeChangeSetCommandOutput,
  DescribeEventsCommand,
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
  /** Whether to restore resources that were changed outside CloudFormation. */
  revertsDrift?: boolean
  /** The body, or its URL if it is too large to be sent. */
  template: { TemplateBody: string } | { TemplateURL: string }
  values: Record<string, string>
  tags: Record<string, string>
  pollMs: number
}

type CloudFormation = Pick<Aws, 'cloudFormation'>

/**
 * Creates a change set. A drift-aware one compares with the actual resources, too; CloudFormation supports it for existing stacks only.
 * Source: AWS CloudFormation User Guide, "Using drift-aware change sets".
 * @throws Error with CloudFormation's reason if that fails
 */
export async function createChangeSet(
  { cloudFormation }: CloudFormation,
  { stackName, isNew, revertsDrift, template, values, tags, pollMs }: ChangeSetRequest,
): Promise<ChangeSet> {
  const { Id = '', StackId = '' } = await cloudFormation.send(
    new CreateChangeSetCommand({
      StackName: stackName,
      ChangeSetName: `deploy-${Date.now()}`,
      ChangeSetType: isNew ? 'CREATE' : 'UPDATE',
      ...(revertsDrift && !isNew && { DeploymentMode: 'REVERT_DRIFT' }),
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
      const isUnchanged = isEmpty(found)
      const failures = isUnchanged ? [] : await readFailures(cloudFormation, Id)
      await deleteChangeSet({ cloudFormation }, Id)
      if (isUnchanged) return { id: Id, stackId: StackId, changes: [] }
      throw new Error([`${stackName} could not be planned: ${found.StatusReason}`, ...failures].join('\n  '))
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

/**
 * Reads what CloudFormation's validation found, one line per resource. The status reason of the change set lacks them.
 * Source: AWS CloudFormation User Guide, "Validate stack deployments".
 */
async function readFailures(client: Aws['cloudFormation'], ChangeSetName: string): Promise<string[]> {
  try {
    const { OperationEvents = [] } = await client.send(
      new DescribeEventsCommand({ ChangeSetName, Filters: { FailedEvents: true } }),
    )
    return OperationEvents.flatMap(
      ({ LogicalResourceId, ResourceType, ValidationStatusReason, ResourceStatusReason, ValidationPath }) => {
        const reason = ValidationStatusReason ?? ResourceStatusReason
        if (!reason) return []
        const at = ValidationPath ? ` at ${ValidationPath}` : ''
        return [`${LogicalResourceId} (${ResourceType})${at}: ${reason}`]
      },
    )
  } catch (error) {
    return [`The reasons could not be read: ${(error as Error).message}`]
  }
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
