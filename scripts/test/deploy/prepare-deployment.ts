import { pathToFileURL } from 'node:url'
import type { Test } from 'tap'
import type { Deployment } from '../../deploy/deployment.ts'
import { chooseStacks, readStacks } from '../../deploy/read-stacks.ts'
import { startAwsDouble } from './aws-double/start-aws-double.ts'

const network = `
Parameters:
  Env: { Type: String }
Resources:
  Bucket: { Type: AWS::S3::Bucket, DeletionPolicy: Retain }
  Topic: { Type: AWS::SNS::Topic }
`

const gateway = `
Parameters:
  Env: { Type: String }
  DomainName: { Type: String }
  Size: { Type: Number, Default: 2 }
  VpcId: { Type: 'AWS::SSM::Parameter::Value<String>', Default: /hashgate/dev/network/vpc-id }
  ImageId: { Type: 'AWS::SSM::Parameter::Value<String>', Default: /aws/service/image }
Resources:
  Bucket: { Type: AWS::S3::Bucket, DeletionPolicy: Retain }
  Topic: { Type: AWS::SNS::Topic }
`

export const templates = { network, gateway }

/** Prepares a folder with two stacks and the AWS double. The second stack reads an output of the first. @param answers to the questions, in order */
export async function prepareDeployment(t: Test, answers: string[] = []) {
  const directory = t.testdir({
    'stacks.json': JSON.stringify([
      { stack: 'network', template: 'network.yaml', writes: ['vpc-id'] },
      { stack: 'gateway', template: 'gateway.yaml', writes: ['url'] },
      { stack: 'extra', template: 'network.yaml', optional: true, writes: [] },
      { stack: 'extra-alarms', template: 'network.yaml', with: 'extra', writes: [] },
    ]),
    'network.yaml': network,
    'gateway.yaml': gateway,
    parameters: { 'test.json': JSON.stringify({ gateway: { DomainName: 'images.example.com' } }) },
  })
  const folder = pathToFileURL(`${directory}/`)
  const double = await startAwsDouble(t)
  const lines: string[] = []
  const questions: string[] = []
  const deployment: Deployment = {
    env: 'test',
    aws: double.aws,
    caller: {
      account: '111122223333',
      region: 'eu-west-1',
      principalArn: 'arn:aws:iam::111122223333:user/ada',
    },
    artefacts: {},
    say: (line) => lines.push(line),
    ask: async (question) => {
      questions.push(question)
      return answers.shift() ?? ''
    },
    pollMs: 1,
  }
  const said = () => lines.join('\n')
  return {
    deployment,
    double,
    folder,
    directory,
    stacks: chooseStacks(await readStacks(folder, 'test'), []),
    lines,
    said,
    questions,
  }
}
