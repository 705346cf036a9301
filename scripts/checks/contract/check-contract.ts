import type { FindBreakingChanges } from './find-breaking-changes.ts'
import { readCurrentContract, readEarlierContracts } from './read-contracts.ts'

/** Compares the contract in the work tree with every committed one of its version line. Returns whether it is compatible with all of them. */
export async function checkContract(
  repository: string,
  findBreakingChanges: FindBreakingChanges,
): Promise<boolean> {
  const current = await readCurrentContract(repository)
  const earlier = await readEarlierContracts(repository, current)
  for (const { origin, version, text } of earlier) {
    const changes = await findBreakingChanges(text, current.text)
    if (!changes) continue
    console.error(`Breaks clients of the contract in commit ${origin} (${version}):\n\n${changes}`)
    console.error(
      'If the change is intended, raise info.version in gateway/plugins/openapi.ts to the next major version.',
    )
    return false
  }
  console.log(
    `Contract ${current.version}: compatible with ${earlier.length} earlier contracts of its version line.`,
  )
  return true
}
