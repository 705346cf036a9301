import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  BatchGetCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { convertToAttr, unmarshall } from '@aws-sdk/util-dynamodb'
import { documentClientOptions } from './aws-client-options.ts'
import {
  createDynamoDbJsonClient,
  type HotOperation,
  type JsonClientOptions,
} from './dynamodb-json-client.ts'

/** The part of the SDK's document client that the catalog uses. */
export type DocumentClient = Pick<DynamoDBDocumentClient, 'send'>

interface DocumentClientOptions extends JsonClientOptions {
  /** Called after each call that did not go through the SDK's client, retries included. */
  onCall?: (call: { operation: string; error: Error | undefined; durationMs: number }) => void
}

/** The operations of upload requests and of image processing. */
const hotOperations = new Map<unknown, HotOperation>([
  [GetCommand, 'GetItem'],
  [PutCommand, 'PutItem'],
  [UpdateCommand, 'UpdateItem'],
  [BatchGetCommand, 'BatchGetItem'],
])

/**
 * A document client that sends the hot calls through `createDynamoDbJsonClient`, at a tenth of the CPU, and all others through the
 * SDK's client. The catalog's contract suite runs on this one and on the SDK's. The hot calls support no binary attributes and
 * none of DynamoDB's legacy parameters, such as `Expected`.
 */
export function createDocumentClient(
  dynamoDb: DynamoDBClient,
  { onCall, ...options }: DocumentClientOptions = {},
): DocumentClient & { close: () => Promise<void> } {
  const sdk = DynamoDBDocumentClient.from(dynamoDb, documentClientOptions)
  const client = createDynamoDbJsonClient(dynamoDb, options)

  async function send(command: GetCommand, { abortSignal }: { abortSignal?: AbortSignal } = {}) {
    const operation = hotOperations.get(command.constructor)
    if (!operation) return sdk.send(command, { abortSignal })
    const startedAt = performance.now()
    const report = (error?: Error) =>
      onCall?.({ operation, error, durationMs: performance.now() - startedAt })
    try {
      const output = decode(await client.call(operation, encode(command.input), abortSignal))
      report()
      return output
    } catch (error) {
      report(error as Error)
      throw error
    }
  }

  return { send: send as DocumentClient['send'], close: client.close }
}

/** A copy, because the SDK's client changes the object that it receives. */
const marshallOptions = { ...documentClientOptions.marshallOptions }

type Attributes = Record<string, AttributeValue>
type Values = Record<string, unknown>
type Keys = Record<string, { Keys?: Attributes[] }>

/** All parts of the hot calls' inputs and outputs that hold attribute values. */
interface CallInput {
  Key?: Values
  Item?: Values
  ExpressionAttributeValues?: Values
  RequestItems?: Record<string, { Keys?: Values[] }>
}

interface CallOutput {
  Item?: Attributes
  Attributes?: Attributes
  Responses?: Record<string, Attributes[]>
  UnprocessedKeys?: Keys
}

function encode({ Key, Item, ExpressionAttributeValues, RequestItems, ...input }: CallInput): object {
  return {
    ...input,
    Key: toAttributes(Key),
    Item: toAttributes(Item),
    ExpressionAttributeValues: toAttributes(ExpressionAttributeValues),
    RequestItems: mapTables(RequestItems, (table) => ({ ...table, Keys: table.Keys?.map(toAttributes) })),
  }
}

function decode({ Item, Attributes, Responses, UnprocessedKeys }: CallOutput): object {
  return {
    Item: toValues(Item),
    Attributes: toValues(Attributes),
    Responses: mapTables(Responses, (items) => items.map(toValues)),
    UnprocessedKeys: mapTables(UnprocessedKeys, (table) => ({ ...table, Keys: table.Keys?.map(toValues) })),
  }
}

/** Fast path: most attributes are text, which needs none of the library's checks. */
function toAttributes(values: Values | undefined): Attributes | undefined {
  if (!values) return undefined
  const attributes: Attributes = {}
  for (const name of Object.keys(values)) {
    const value = values[name]
    if (typeof value === 'string') attributes[name] = { S: value }
    else if (value !== undefined) attributes[name] = convertToAttr(value, marshallOptions)
  }
  return attributes
}

function toValues(attributes: Attributes | undefined): Values | undefined {
  return attributes && unmarshall(attributes)
}

function mapTables<T, U>(tables: Record<string, T> | undefined, map: (table: T) => U) {
  return tables && Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, map(table)]))
}
