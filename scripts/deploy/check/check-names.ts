import { findKept } from '../stacks/find-kept.ts'
import { type CheckContext, isNew } from './check-context.ts'
import { answered, type Finding } from './finding.ts'

/** Finds names of new stacks that resources of an earlier, destroyed environment still have. */
export async function checkNames(context: CheckContext): Promise<Finding[]> {
  const { deployment, stacks } = context
  const fresh = stacks.filter((stack) => isNew(context, stack))
  if (fresh.length === 0) return []
  const kept = await answered('cloudformation:GetResource', findKept(deployment, fresh))
  const subject = 'names'
  if (kept.length === 0)
    return [{ subject, verdict: 'ok', text: 'an earlier environment has left none of them' }]
  const lines = kept.map(({ type, name }) => `  ${name}  ${type}`)
  const text = `these resources of an earlier ${deployment.env} already exist outside any stack:
${lines.join('\n')}
Deploy under another name (--env), or remove them, or import them into their stacks: see deploy/README.md, "Destroy".`
  return [{ subject, verdict: 'fails', text }]
}
