/** The stubbed gateway with a table in which every requested image is ready. */
import { serveGateway } from '../serve-gateway.ts'
import { createAnsweringDispatcher } from '../stub-network-edge.ts'
import { stubbedClients } from '../stubbed-clients.ts'
import { item } from './ready-image.ts'

const answers = {
  GetItem: { status: 200, content: { Item: item } },
  PutItem: {
    status: 400,
    content: {
      __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
      message: 'The conditional request failed',
      Item: item,
    },
  },
  UpdateItem: { status: 200, content: { Attributes: item } },
}

await serveGateway({ ...stubbedClients, dispatcher: createAnsweringDispatcher(answers) })
