import t from 'tap'
import { manifestKey } from '../../core/images/object-key.ts'
import { modelEnvironment } from '../model/model-environment.ts'
import { modelResource } from '../model/model-resource.ts'
import { createGlueDouble } from './analytics/glue-double.ts'

interface PartitionKeeper {
  Code: { ZipFile: string }
  Environment: { Variables: Record<string, string> }
}

const { Code, Environment } = modelResource<PartitionKeeper>(
  modelEnvironment('dev'),
  'analytics',
  'PartitionKeeper',
)
const location = 's3://processed/manifests/'

type Handler = (event?: { time?: string }) => Promise<unknown>

/** The function as Lambda would load it, from the template's text. */
function loadHandler(glue: object): Handler {
  const exports: { handler?: Handler } = {}
  const require = (name: string) => {
    if (name !== '@aws-sdk/client-glue') throw new Error(`Lambda's runtime has no ${name}`)
    return glue
  }
  const process = { env: Environment.Variables }
  new Function('require', 'exports', 'process', Code.ZipFile)(require, exports, process)
  if (!exports.handler) throw new Error('no handler')
  return exports.handler
}

t.test(
  'adds the partitions from the oldest day to tomorrow, at the paths that the processor writes',
  async (t) => {
    const glue = createGlueDouble(location)
    await loadHandler(glue.exports)({ time: '2026-11-24T00:05:00Z' })
    const days = [...glue.partitions.keys()].sort()
    t.equal(days.length, 11)
    t.equal(days[0], '2026-11-15')
    t.equal(days.at(-1), '2026-11-25')
    const key = manifestKey({ tenant: 'acme', imageId: 'f'.repeat(64), generation: '20261124' })
    const path = glue.partitions.get('2026-11-24')
    t.equal(path, 's3://processed/manifests/day=2026-11-24/')
    t.ok(`s3://processed/${key}`.startsWith(String(path)))
  },
)

t.test('each run adds missing partitions and removes expired ones, even after a pause', async (t) => {
  const glue = createGlueDouble(location)
  const handler = loadHandler(glue.exports)
  await handler({ time: '2026-11-24T00:05:00Z' })
  await handler({ time: '2026-11-24T01:05:00Z' })
  t.equal(glue.partitions.size, 11)
  await handler({ time: '2026-11-28T00:05:00Z' })
  t.strictSame([...glue.partitions.keys()].sort().slice(0, 1), ['2026-11-19'])
  t.ok(glue.partitions.has('2026-11-29'))
  t.equal(glue.partitions.size, 11)
})

t.test('a refusal from Glue fails the run, so that the schedule retries and the alarm fires', async (t) => {
  const glue = createGlueDouble(location)
  glue.state.refusal = 'AccessDeniedException'
  await t.rejects(loadHandler(glue.exports)({}), { message: /AccessDeniedException/ })
})

t.test('the code fits the limit of Lambda for inline code', async (t) => {
  t.ok(Code.ZipFile.length <= 4096)
})
