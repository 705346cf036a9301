import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import { batchGet } from '../aws/batch-get.ts'
import type { DocumentClient } from '../aws/document-client.ts'
import { translateErrors } from '../aws/translate-errors.ts'
import { ifInLog, logPosition, type WebhookDelivery } from './webhook-delivery.ts'
import { fromItem, logIndex } from './webhook-items.ts'

/** Lists the deliveries of an endpoint by time. */
export function createDeliveryLog(client: DocumentClient, TableName: string, now: () => number) {
  /**
   * Lists the deliveries of an endpoint.
   * @param order `newest` first for people, `oldest` first for replays
   * @param after the log position of the last entry of the page before
   * @param limit at most 100
   * @returns `next`: the position to continue from, absent at the end
   */
  async function listLog(
    endpointId: string,
    {
      order,
      after,
      until,
      limit,
    }: { order: 'newest' | 'oldest'; after?: string; until?: string; limit: number },
  ): Promise<{ deliveries: WebhookDelivery[]; next?: string }> {
    // Positions begin with a time, so an empty text sorts before all and `~` after all.
    const [low, high] = order === 'newest' ? ['', after ?? until ?? '~'] : [after ?? '', until ?? '~']
    const query = new QueryCommand({
      TableName,
      IndexName: logIndex.name,
      KeyConditionExpression: '#endpoint = :endpoint AND #position BETWEEN :low AND :high',
      ExpressionAttributeNames: { '#endpoint': logIndex.endpoint, '#position': logIndex.position },
      ExpressionAttributeValues: { ':endpoint': endpointId, ':low': low || '0', ':high': high },
      ScanIndexForward: order === 'oldest',
      // BETWEEN includes the entry that `after` names.
      Limit: limit + 1,
    })
    const { Items = [], LastEvaluatedKey } = await translateErrors(client.send(query), 'webhooks')
    const entries = Items.filter((item) => item[logIndex.position] !== after)
    const page = entries.slice(0, limit)
    const isLast = entries.length <= limit && !LastEvaluatedKey
    const next = page.at(-1)?.[logIndex.position] as string | undefined
    const keys = page.map(({ pk, sk }) => ({ pk, sk }))
    const stored = await batchGet(client, TableName, keys, 'webhooks')
    const deliveries = stored
      .map((item) => fromItem<WebhookDelivery>(item))
      .filter((delivery) => ifInLog(delivery, now()))
    return { deliveries: sortByLog(deliveries, order), ...(!isLast && next && { next }) }
  }

  return { listLog }
}

function sortByLog(deliveries: WebhookDelivery[], order: 'newest' | 'oldest'): WebhookDelivery[] {
  const sign = order === 'newest' ? -1 : 1
  return deliveries.sort((a, b) => sign * logPosition(a).localeCompare(logPosition(b)))
}
