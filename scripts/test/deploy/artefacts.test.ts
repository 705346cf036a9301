import { CreateBucketCommand, GetObjectCommand } from '@aws-sdk/client-s3'
import t, { type Test } from 'tap'
import { nameArtefact, readArtefact, uploadArtefact } from '../../deploy/artefacts.ts'
import { connectAws } from '../../deploy/connect-aws.ts'
import { deployStacks } from '../../deploy/stacks/deploy-stacks.ts'
import { startLocalS3 } from '../../local/s3/start-local-s3.ts'
import { prepareDeployment } from './prepare-deployment.ts'

const Bucket = 'artefacts'

/** A double of S3 that verifies checksums. */
async function startStore(t: Test) {
  const credentials = { accessKeyId: 'access', secretAccessKey: 'secret' }
  const store = await startLocalS3({ directory: t.testdir({}), region: 'us-east-1', ...credentials })
  const { s3, close } = connectAws({ endpoint: store.url, region: 'us-east-1', credentials })
  t.teardown(async () => {
    close()
    await store.close()
  })
  await s3.send(new CreateBucketCommand({ Bucket }))
  const read = async (Key: string) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }))
    return Body?.transformToString()
  }
  return { s3, read }
}

t.test('an artefact is uploaded once, under the hash of its content', async (t) => {
  const { s3, read } = await startStore(t)
  const artefact = nameArtefact('gateway', 'zip', Buffer.from('abc'))
  t.equal(artefact.key, 'gateway/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad.zip')
  t.ok(await uploadArtefact(s3, Bucket, artefact))
  t.notOk(await uploadArtefact(s3, Bucket, artefact))
  t.equal(await read(artefact.key), 'abc')
})

t.test('a missing build is reported in one line', async (t) => {
  await t.rejects(readArtefact('gateway', new URL('file:///nowhere.zip')), {
    message: 'dist/gateway.zip is missing. Run "npm run build" first.',
  })
})

t.test('the artefact is uploaded before the stack changes', async (t) => {
  const { deployment, double, stacks } = await prepareDeployment(t)
  const { s3, read } = await startStore(t)
  const [network] = stacks
  if (!network) return t.fail('no stack')
  network.template.Parameters.GatewayArtefactKey = { Type: 'String' }
  network.template.Parameters.GatewayBootKey = { Type: 'String' }
  const gateway = nameArtefact('gateway', 'zip', Buffer.from('abc'))
  const gatewayBoot = nameArtefact('gateway', 'sh', Buffer.from('#!/bin/bash'))
  double.parameters.set('/hashgate/test/foundation/artefact-bucket', Bucket)
  double.outcomes.set('hashgate-test-network', { changes: [{ action: 'Add', id: 'Bucket' }] })
  const aws = { ...deployment.aws, s3 }
  await deployStacks({ ...deployment, aws, artefacts: { gateway, gatewayBoot } }, [
    { stack: network, changes: [] },
  ])
  t.equal(await read(gateway.key), 'abc')
  t.equal(await read(gatewayBoot.key), '#!/bin/bash')
  const form = double.requests.find(({ action }) => action === 'CreateChangeSet')?.form
  for (const { key } of [gateway, gatewayBoot]) t.ok(Object.values(form ?? {}).includes(key))
})

t.test('a large template is passed through the bucket', async (t) => {
  const { deployment, double, stacks } = await prepareDeployment(t)
  const { s3, read } = await startStore(t)
  const [network] = stacks
  if (!network) return t.fail('no stack')
  const body = `# ${'x'.repeat(60_000)}\n${network.body}`
  double.parameters.set('/hashgate/test/foundation/artefact-bucket', Bucket)
  double.outcomes.set('hashgate-test-network', { changes: [{ action: 'Add', id: 'Bucket' }] })
  const aws = { ...deployment.aws, s3 }
  await deployStacks({ ...deployment, aws }, [{ stack: { ...network, body }, changes: [] }])
  const form = double.requests.find(({ action }) => action === 'CreateChangeSet')?.form
  t.equal(form?.TemplateBody, undefined)
  const [, key = ''] =
    /^https:\/\/artefacts\.s3\.eu-west-1\.amazonaws\.com\/(.*)$/.exec(form?.TemplateURL ?? '') ?? []
  t.equal(await read(key), body)
})
