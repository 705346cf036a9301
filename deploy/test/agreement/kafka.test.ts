import { readFile } from 'node:fs/promises'
import t from 'tap'
import { streamGroupPrefix } from '../../../gateway/live-events/event-feed.ts'
import { readProcessorConfig } from '../../../processor/config.ts'
import { accessNames } from '../../../scripts/topics/access-names.ts'
import { modelEnvironment } from '../../model/model-environment.ts'
import { processorSettings } from '../../model/read-settings.ts'
import { readTemplate } from '../../read-template.ts'

t.test('the access rules for Kafka in the documentation name every group of consumers', async (t) => {
  const text = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
  t.match(text, `prefix \`${streamGroupPrefix}\``)
  const { KAFKA_GROUP_ID } = readProcessorConfig(processorSettings(modelEnvironment('dev')))
  t.match(text, `\`${KAFKA_GROUP_ID}\``)
})

t.test('each component logs in to Kafka as the user that npm run topics gives its access to', async (t) => {
  const stacks = modelEnvironment('dev')
  const { users } = accessNames('dev')
  for (const [component, user] of Object.entries(users)) {
    const name = `hashgate/dev/kafka/${component}-login`
    const secret = Object.values(stacks.find(({ stack }) => stack === 'kafka')?.resources ?? {}).find(
      ({ Properties }) => Properties.Name === name,
    )?.Properties as { GenerateSecretString: { SecretStringTemplate: string } }
    t.strictSame(JSON.parse(secret.GenerateSecretString.SecretStringTemplate), { username: user })
    const read = JSON.stringify(stacks.find(({ stack }) => stack === component)?.resources)
    t.match(read, `kafka/${component}-login`)
    for (const other of Object.keys(users))
      if (other !== component) t.notMatch(read, `kafka/${other}-login`, `${component} does not read it`)
  }
})

t.test('a change of the launch template replaces no broker, and an operator can terminate one', async (t) => {
  const { Resources } = readTemplate({ stack: 'kafka-cluster', template: 'kafka-cluster.yaml', writes: [] })
  const brokers = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::EC2::Instance')
  t.equal(brokers.length, 3)
  for (const [id, { Properties = {} }] of brokers) {
    t.match(Properties.LaunchTemplate, { Version: { Ref: `${id}Version` } }, id)
    t.notOk(Properties.DisableApiTermination || Properties.InstanceType, id)
  }
})
