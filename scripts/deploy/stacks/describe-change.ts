import type { ResourceChange } from '@aws-sdk/client-cloudformation'

const signs: Record<string, string> = { Add: '+', Modify: '~', Remove: '-', Dynamic: '?' }
const verbs: Record<string, string> = {
  Add: 'create',
  Modify: 'change',
  Remove: 'remove',
  Dynamic: 'decide later',
}

/** Describes a change in one line. Replacements stand out, because they may lose data. */
export function describeChange(change: ResourceChange): string {
  const { Action = 'Dynamic', LogicalResourceId, ResourceType, Details = [] } = change
  const properties = [...new Set(Details.map(({ Target }) => Target?.Name ?? Target?.Attribute ?? ''))]
  const what = properties.filter(Boolean).join(', ')
  const sign = isReplaced(change) ? '!' : (signs[Action] ?? '?')
  const verb = isReplaced(change) ? 'REPLACE' : (verbs[Action] ?? Action)
  const suffix = Action === 'Modify' && what ? ` (${what})` : ''
  return `  ${sign} ${verb.padEnd(9)} ${LogicalResourceId}  ${ResourceType}${suffix}`
}

/** Whether a change removes or replaces an existing resource. */
export function isDestructive(change: ResourceChange): boolean {
  return change.Action === 'Remove' || isReplaced(change)
}

function isReplaced({ Replacement }: ResourceChange): boolean {
  return Replacement === 'True' || Replacement === 'Conditional'
}
