import { setTimeout as sleep } from 'node:timers/promises'
import { BatchGetCommand } from '@aws-sdk/lib-dynamodb'
import { type Dependency, DependencyUnavailable } from '../errors.ts'
import type { DocumentClient } from './document-client.ts'
import { translateErrors } from './translate-errors.ts'

type Item = Record<string, unknown>

const maxTries = 4
const firstPauseMs = 50

/**
 * Reads the current items of at most 100 keys, in any order; keys without an item are left out. DynamoDB leaves keys unprocessed
 * when it throttles, and when the items exceed 16 MB; these are requested again after a growing pause.
 * @throws DependencyUnavailable (a retry can help) also when keys are still unprocessed after four requests
 */
export async function batchGet(
  client: DocumentClient,
  TableName: string,
  keys: Item[],
  dependency: Dependency = 'catalog',
): Promise<Item[]> {
  const found: Item[] = []
  let open: Item[] | undefined = keys
  for (let tries = 1; open?.length; tries += 1) {
    if (tries > maxTries) {
      throw new DependencyUnavailable(
        dependency,
        new Error(`DynamoDB left keys unprocessed in ${maxTries} attempts`),
      )
    }
    if (tries > 1) await sleep(firstPauseMs * 2 ** (tries - 2))
    const command = new BatchGetCommand({
      RequestItems: { [TableName]: { Keys: open, ConsistentRead: true } },
    })
    const { Responses, UnprocessedKeys } = await translateErrors(client.send(command), dependency)
    found.push(...(Responses?.[TableName] ?? []))
    open = UnprocessedKeys?.[TableName]?.Keys
  }
  return found
}
