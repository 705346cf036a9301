/** The gateway of `stubbed-server.ts` without the pieces that WITHOUT names, separated by commas. */
import { type PieceName, pieces } from './pieces.ts'
import { serveGateway } from './serve-gateway.ts'
import { stubbedClients } from './stubbed-clients.ts'

const names = (process.env.WITHOUT ?? '').split(',') as PieceName[]
const removed = names.map((name) => pieces[name].instead as { dependencies?: object; logger?: never })
await serveGateway(stubbedClients, {
  ...Object.assign({}, ...removed),
  dependencies: Object.assign({}, ...removed.map(({ dependencies }) => dependencies)),
})
