import t from 'tap'
import { startStandIns } from '../local/start-stand-ins.ts'
import { testFlow } from './flow-contract.ts'

await testFlow(t, { name: 'the stand-ins', startBacking: startStandIns })
