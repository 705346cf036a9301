/** The whole gateway as in production, with stubs at the network edge. */
import { serveGateway } from './serve-gateway.ts'
import { stubbedClients } from './stubbed-clients.ts'

await serveGateway(stubbedClients)
