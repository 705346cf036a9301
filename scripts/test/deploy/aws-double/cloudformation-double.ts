import { describeChange, describeEvent } from './describe-stack.ts'
import {
  type DoubleStack,
  emptyRefusal,
  type Look,
  type Outcome,
  ofStack,
  validationRefusal,
} from './double-stack.ts'
import { refuse } from './refuse.ts'
import { escapeXml, xmlTag } from './xml-tag.ts'

export type Form = Record<string, string>
/** Answers an action of AWS's query protocol with the content of its result, in XML. */
export type QueryAction = (form: Form) => string

/** A double of CloudFormation with the stacks and change-set outcomes that a test sets up. */
export function createCloudFormationDouble() {
  const stacks = new Map<string, DoubleStack>()
  /** Stacks whose latest change set compares with the actual resources. */
  const driftAware = new Set<string>()
  const outcomes = new Map<string, Outcome>()

  const nameOf = (stackOrId = '') => stackOrId.split('/')[1] ?? stackOrId
  const idOf = (name: string) => `arn:aws:cloudformation:eu-west-1:1:stack/${nameOf(name)}/1`
  const changeSetOf = (name: string) => `arn:aws:cloudformation:eu-west-1:1:changeSet/${name}/1`

  function begin(name: string, looks: Look[]): void {
    const stack = stacks.get(name) ?? { status: '', events: [], looks: [] }
    stacks.set(name, { ...stack, looks: [...looks] })
  }

  const actions: Record<string, QueryAction> = {
    DescribeStacks: ({ StackName }) => {
      const name = nameOf(StackName)
      const stack = stacks.get(name)
      if (!stack || (stack.status === 'DELETE_COMPLETE' && StackName === name)) {
        throw refuse(400, 'ValidationError', `Stack with id ${StackName} does not exist`)
      }
      const look = stack.looks.shift()
      if (look) {
        stack.status = look.status
        stack.events.push(...(look.events ?? []))
      }
      const reason = look?.reason && xmlTag('StackStatusReason', look.reason)
      const given = Object.entries(stack.parameters ?? {}).map(([name, value]) =>
        xmlTag('member', xmlTag('ParameterKey', name) + xmlTag('ParameterValue', value)),
      )
      const inner =
        xmlTag('StackId', idOf(name)) + xmlTag('StackName', name) + xmlTag('StackStatus', stack.status)
      const protection = xmlTag('EnableTerminationProtection', String(stack.isProtected ?? false))
      return xmlTag(
        'Stacks',
        xmlTag('member', inner + protection + (reason ?? '') + xmlTag('Parameters', given.join(''))),
      )
    },
    DescribeStackEvents: ({ StackName }) => {
      const name = nameOf(StackName)
      const events = stacks.get(name)?.events ?? []
      const members = events.map((event, index) => xmlTag('member', describeEvent(event, index, idOf(name))))
      return xmlTag('StackEvents', members.reverse().join(''))
    },
    CreateChangeSet: ({ StackName = '', ChangeSetType, DeploymentMode }) => {
      if (DeploymentMode && ChangeSetType !== 'UPDATE')
        throw refuse(400, 'ValidationError', 'REVERT_DRIFT is not supported for a stack that is created')
      if (DeploymentMode) driftAware.add(StackName)
      else driftAware.delete(StackName)
      if (ChangeSetType === 'CREATE')
        stacks.set(StackName, { status: 'REVIEW_IN_PROGRESS', events: [], looks: [] })
      return xmlTag('Id', changeSetOf(StackName)) + xmlTag('StackId', idOf(StackName))
    },
    DescribeChangeSet: ({ ChangeSetName }) => {
      const name = nameOf(ChangeSetName)
      const { changes: all = [], refusal, invalid } = outcomes.get(name) ?? {}
      const changes = driftAware.has(name) ? all : all.filter(({ drift }) => !drift)
      if (invalid) return xmlTag('Status', 'FAILED') + xmlTag('StatusReason', validationRefusal)
      const empty = all.length > 0 && changes.length === 0 ? emptyRefusal : undefined
      if (refusal ?? empty) return xmlTag('Status', 'FAILED') + xmlTag('StatusReason', refusal ?? empty ?? '')
      return xmlTag('Status', 'CREATE_COMPLETE') + xmlTag('Changes', changes.map(describeChange).join(''))
    },
    DeleteChangeSet: () => '',
    DescribeEvents: ({ ChangeSetName }) => {
      const { invalid = {} } = outcomes.get(nameOf(ChangeSetName)) ?? {}
      const events = Object.entries(invalid).map(([id, reason]) =>
        xmlTag(
          'member',
          xmlTag('EventType', 'VALIDATION_ERROR') +
            xmlTag('LogicalResourceId', id) +
            xmlTag('ResourceType', 'AWS::Some::Thing') +
            xmlTag('ValidationStatusReason', reason),
        ),
      )
      return xmlTag('OperationEvents', events.join(''))
    },
    ExecuteChangeSet: ({ ChangeSetName }) => {
      const name = nameOf(ChangeSetName)
      begin(
        name,
        outcomes.get(name)?.looks ?? [{ status: 'UPDATE_COMPLETE', events: [ofStack('UPDATE_COMPLETE')] }],
      )
      return ''
    },
    UpdateTerminationProtection: ({ StackName, EnableTerminationProtection }) => {
      const stack = stacks.get(nameOf(StackName))
      if (stack) stack.isProtected = EnableTerminationProtection === 'true'
      return ''
    },
    DeleteStack: ({ StackName }) => {
      const name = nameOf(StackName)
      if (stacks.get(name)?.isProtected)
        throw refuse(
          400,
          'ValidationError',
          `Stack [${name}] cannot be deleted while TerminationProtection is enabled`,
        )
      const gone = { status: 'DELETE_COMPLETE', events: [ofStack('DELETE_COMPLETE')] }
      const [next = [gone], ...rest] = outcomes.get(name)?.deletions ?? []
      if (rest.length > 0) outcomes.set(name, { ...outcomes.get(name), deletions: rest })
      begin(name, next)
      return ''
    },
    ListStackResources: ({ StackName }) =>
      xmlTag(
        'StackResourceSummaries',
        ['Bucket', 'Topic']
          .map(
            (id) =>
              xmlTag('LogicalResourceId', id) + xmlTag('PhysicalResourceId', `${nameOf(StackName)}-${id}`),
          )
          .map((inner) => xmlTag('member', inner + xmlTag('ResourceType', 'AWS::Some::Thing')))
          .join(''),
      ),
    GetTemplate: ({ StackName }) =>
      xmlTag('TemplateBody', escapeXml(stacks.get(nameOf(StackName))?.body ?? 'Resources: {}')),
  }

  return { stacks, outcomes, actions }
}
