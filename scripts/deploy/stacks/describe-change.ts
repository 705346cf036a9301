import type { ResourceChange } from '@aws-sdk/client-cloudformation'

const signs: Record<string, string> = {
  Add: '+',
  Modify: '~',
  Remove: '-',
  Dynamic: '?',
  SyncWithActual: '=',
}
const verbs: Record<string, string> = {
  Add: 'create',
  Modify: 'change',
  Remove: 'remove',
  Dynamic: 'decide later',
  SyncWithActual: 'keep',
}

/**
 * Describes a change in one line, and in one more for each property that was changed outside CloudFormation. Replacements stand out, because
 * they may lose data.
 */
export function describeChange(change: ResourceChange): string {
  const { Action = 'Dynamic', LogicalResourceId, ResourceType, Details = [] } = change
  const properties = [...new Set(Details.map(({ Target }) => Target?.Name ?? Target?.Attribute ?? ''))]
  const what = properties.filter(Boolean).join(', ')
  const sign = isReplaced(change) ? '!' : (signs[Action] ?? '?')
  const verb = isReplaced(change) ? 'REPLACE' : (verbs[Action] ?? Action)
  const suffix = Action === 'Modify' && what ? ` (${what})` : ''
  const line = `  ${sign} ${verb.padEnd(9)} ${LogicalResourceId}  ${ResourceType}${suffix}`
  return [line, ...describeDrift(change)].join('\n')
}

function describeDrift(change: ResourceChange): string[] {
  const { Action, ResourceDriftStatus, Details = [] } = change
  if (ResourceDriftStatus === 'DELETED') return ['      drift: it was deleted outside CloudFormation']
  if (ResourceDriftStatus !== 'MODIFIED') return []
  const end = Action === 'SyncWithActual' ? '; the template agrees' : ''
  const lines = Details.flatMap(({ Target: { Name = '', Path, Drift } = {} }) =>
    Drift
      ? [
          `      drift: ${Path ?? Name} was ${show(Drift.PreviousValue)} and is ${show(Drift.ActualValue)}${end}`,
        ]
      : [],
  )
  return lines.length > 0 ? lines : [`      drift: it was changed outside CloudFormation${end}`]
}

const show = (value: string | undefined): string => value || 'empty'

/** Whether a change overwrites what was changed outside CloudFormation. */
export function isRevertingDrift({ Action, ResourceDriftStatus }: ResourceChange): boolean {
  return (
    Action !== 'SyncWithActual' && (ResourceDriftStatus === 'MODIFIED' || ResourceDriftStatus === 'DELETED')
  )
}

/** Whether a change removes or replaces an existing resource. */
export function isDestructive(change: ResourceChange): boolean {
  return change.Action === 'Remove' || isReplaced(change)
}

function isReplaced({ Replacement }: ResourceChange): boolean {
  return Replacement === 'True' || Replacement === 'Conditional'
}
