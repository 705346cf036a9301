import t from 'tap'
import { chooseOwnNames, useOwnServices } from '../local/use-own-services.ts'
import { testFlow } from './flow-contract.ts'

await testFlow(t, { name: 'the real services', startBacking: useOwnServices(chooseOwnNames()) })
