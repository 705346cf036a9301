import type { FindBreakingChanges } from './find-breaking-changes.ts'
import { readCurrentContract, readEarlierContracts } from './read-contracts.ts'

/** Holds the contract of the work tree against every committed one of its version line. Returns whether it passes. */
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
      'If this has to be, raise info.version in gateway/plugins/openapi.ts to the next major one.',
    )
    return false
  }
  console.log(
    `Contract ${current.version}: breaks no client of ${earlier.length} earlier ones of its version.`,
  )
  return true
}
