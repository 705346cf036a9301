import { App, Stack } from 'aws-cdk-lib'
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include'
import t from 'tap'
import { environments, modelEnvironment } from '../model/model-environment.ts'
import { readStacks, templatePath } from '../read-template.ts'
import { findSchemaFaults } from './schema/find-schema-faults.ts'

const include = (templateFile: string) =>
  new CfnInclude(new Stack(new App(), 'Stack'), 'Template', { templateFile })

t.test('every template is valid: references resolve and none is circular', async (t) => {
  for (const entry of readStacks()) t.doesNotThrow(() => include(templatePath(entry)), entry.template)
})

for (const env of environments) {
  t.test(`${env}: every resource matches the schema from AWS`, async (t) => {
    for (const { stack, resources } of modelEnvironment(env)) {
      t.same(await findSchemaFaults(resources), [], stack)
    }
  })
}

t.test('the checks find faults in a broken template', async (t) => {
  const template = (Resources: object) => {
    const folder = t.testdir({ 'template.json': JSON.stringify({ Resources }) })
    return () => include(`${folder}/template.json`)
  }
  const queue = (id: string) => ({ Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: id } } })
  t.throws(template({ A: queue('Nobody') }), /Nobody/)
  t.throws(template({ A: queue('B'), B: queue('A') }), /cycle|circular/i)

  const faults = await findSchemaFaults({
    Queue: { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: 'soon', Speed: 1 } },
    Table: { Type: 'AWS::DynamoDB::Table', Properties: { KeySchema: [{ AttributeName: 'pk' }] } },
    Other: { Type: 'AWS::SQS::Quiz', Properties: {} },
  })
  t.same(faults, [
    'Queue.DelaySeconds: "soon" is not of type integer',
    'Queue: unknown property Speed',
    'Table.KeySchema[0]: KeyType is missing',
    'Other: unknown type AWS::SQS::Quiz',
  ])
})
