import { printTable } from '../bench/print-table.ts'
import { canReplay, type FoundLetter } from './replay-dead-letters.ts'

/** Prints how many messages were sent to which topic, or would be. @returns the exit code */
export function printReplay(
  letters: FoundLetter[],
  { topic, dryRun }: { topic: string; dryRun: boolean },
): number {
  if (dryRun && letters.length > 0) printLetters(letters, topic)
  const targets = letters.filter(canReplay).map(({ facts }) => facts?.topic ?? '')
  const counts = Map.groupBy(targets, (target) => target)
  for (const [target, { length }] of counts) {
    console.log(`${length} ${dryRun ? 'would be sent' : 'sent'} from ${topic} to ${target}`)
  }
  const unnamed = letters.filter(({ facts }) => !facts).length
  if (unnamed > 0) console.log(`${unnamed} skipped on ${topic}: their headers do not name the original topic`)
  const skipped = letters.length - targets.length
  const batches = skipped - unnamed
  if (batches > 0) console.log(`${batches} skipped on ${topic}: they name batches that could not be read`)
  if (letters.length === 0) console.log(`Nothing to replay on ${topic}`)
  return skipped > 0 ? 1 : 0
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
