import t from 'tap'
import { createLogger } from '../../../core/telemetry/logger.ts'
import { createAudit } from '../../auth/audit.ts'

const origin = { ip: '192.0.2.1', requestId: 'request-1' }
const subject = { principal: '0123456789ab', tenant: 'acme' }

function record(log: (audit: ReturnType<typeof createAudit>) => void) {
  const lines: Record<string, unknown>[] = []
  log(createAudit(createLogger('gateway', 'info', { write: (line) => lines.push(JSON.parse(line)) })))
  return lines
}

t.test('a rejection is audited with its reason, subject and origin', async (t) => {
  t.match(
    record((audit) => audit.rejected('revoked', subject, origin)),
    [{ level: 'warn', audit: 'credentials.refused', reason: 'revoked', ...subject, ...origin }],
  )
})

t.test('the first use of a key is audited', async (t) => {
  t.match(
    record((audit) => audit.firstUsed(subject, origin)),
    [{ level: 'info', audit: 'key.first_used', ...subject, ...origin }],
  )
})

t.test('a first use that could not be recorded is logged, without the field audit', async (t) => {
  const [line] = record((audit) => audit.firstUseNotRecorded(subject, new Error('throttled')))
  t.match(line, { level: 'warn', operation: 'audit', ...subject, err: { message: 'throttled' } })
  t.notOk(line && 'audit' in line)
})
