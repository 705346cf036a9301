import t from 'tap'
import { chooseOwnNames, useOwnServices } from '../../../../local/use-own-services.ts'
import { testPage } from './page-contract.ts'

await testPage(t, { name: 'versitygw, with its CORS rules', startBacking: useOwnServices(chooseOwnNames()) })
