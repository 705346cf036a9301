import t from 'tap'
import { testPage } from './page-contract.ts'

await testPage(t, { name: 'the embedded stores' })
