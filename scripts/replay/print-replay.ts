import { printTable } from '../bench/print-table.ts'
import type { FoundLetter } from './replay-dead-letters.ts'

/** Says what was sent where, or would be. @returns the exit code */
export function printReplay(
  letters: FoundLetter[],
  { topic, dryRun }: { topic: string; dryRun: boolean },
): number {
  if (dryRun && letters.length > 0) printLetters(letters, topic)
  const targets = letters.flatMap(({ facts }) => facts?.topic ?? [])
  const counts = Map.groupBy(targets, (target) => target)
  for (const [target, { length }] of counts) {
    console.log(`${length} ${dryRun ? 'would go' : 'went'} from ${topic} to ${target}`)
  }
  const left = letters.length - targets.length
  if (left > 0) console.log(`${left} of ${topic} do not say where they came from, and were left`)
  if (letters.length === 0) console.log(`Nothing to replay on ${topic}`)
  return left > 0 ? 1 : 0
}

function printLetters(letters: FoundLetter[], topic: string): void {
  printTable({
    title: `Dead letters on ${topic}`,
    head: ['failed at', 'reason', 'message', 'from', 'key'],
    rows: letters.map(({ key, facts }) => [
      facts?.failedAt ?? '',
      facts?.reason ?? '',
      facts?.message ?? '',
      facts ? `${facts.topic}-${facts.partition} @ ${facts.offset}` : '',
      key.slice(0, 12),
    ]),
    notes: [],
  })
}
