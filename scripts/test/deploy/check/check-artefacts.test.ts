import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import { readArtefact } from '../../../deploy/artefacts.ts'
import { checkArtefacts } from '../../../deploy/check/check-artefacts.ts'
import { prepareCheck } from './prepare-check.ts'

const folder = (t: Test, files: Record<string, string>) => pathToFileURL(`${t.testdir(files)}/`)
const release = 'kafka/kafka_2.13-4.1.1.tgz'

t.test('zips must exist unless the deployment builds them', async (t) => {
  const { context, double } = await prepareCheck(t, ['processor', 'gateway', 'reports'])
  const dist = folder(t, { 'processor.zip': 'bytes' })
  t.match(await checkArtefacts(context, { builds: true, dist }), [
    { subject: 'processor.zip', verdict: 'ok', text: 'the deployment builds and uploads it' },
    { subject: 'gateway.zip', verdict: 'ok' },
    { subject: 'report.zip', verdict: 'ok' },
  ])
  const { key } = await readArtefact('processor', new URL('processor.zip', dist))
  t.match(await checkArtefacts(context, { builds: false, dist }), [
    { subject: 'processor.zip', verdict: 'ok', text: `the deployment uploads ${key}` },
    { subject: 'gateway.zip', verdict: 'fails', text: /^dist\/gateway\.zip is missing: run "npm run build"/ },
    { subject: 'report.zip', verdict: 'fails' },
  ])
  double.parameters.set('/hashgate/dev/foundation/artefact-bucket', 'artefacts')
  double.objects.add(key)
  const [zip] = await checkArtefacts(context, { builds: false, dist })
  t.match(zip, { verdict: 'ok', text: `${key} is in the bucket` })
})

t.test("the reference cluster needs Kafka's release in the bucket", async (t) => {
  const { context, double } = await prepareCheck(t, ['kafka-cluster'])
  const options = { builds: true, dist: folder(t, {}) }
  const check = () => checkArtefacts(context, options)
  t.match(await check(), [
    { subject: 'Kafka release', verdict: 'fails', text: /^deploy --stack foundation first, then upload/ },
  ])
  double.parameters.set('/hashgate/dev/foundation/artefact-bucket', 'artefacts')
  t.match(await check(), [{ verdict: 'fails', text: `aws s3 cp ‹file› s3://artefacts/${release}` }])
  double.objects.add(release)
  t.match(await check(), [{ verdict: 'ok', text: `${release} is in the bucket` }])
})

t.test('stacks without artefacts are not checked', async (t) => {
  const { context } = await prepareCheck(t, ['network'])
  t.strictSame(await checkArtefacts(context, { builds: true, dist: folder(t, {}) }), [])
})
