import t from 'tap'
import { versionLine } from '../../../checks/contract/read-contracts.ts'

t.test('a version line is a major version, or a minor version below 1.0', async (t) => {
  t.equal(versionLine('1.0.0'), versionLine('1.9.3'))
  t.not(versionLine('1.9.3'), versionLine('2.0.0'))
  t.not(versionLine('1.0.0'), versionLine('10.0.0'))
  t.equal(versionLine('0.1.0'), versionLine('0.1.7'))
  t.not(versionLine('0.1.7'), versionLine('0.2.0'))
  t.not(versionLine('0.1.0'), versionLine('1.1.0'))
})
