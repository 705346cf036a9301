import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { modelDeployment, publishedBy } from '../model/model-deployment.ts'
import { environments, modelEnvironment } from '../model/model-environment.ts'
import { modelResource } from '../model/model-resource.ts'
import {
  type Parameter,
  type ParameterValues,
  readParameters,
  readStacks,
  readTemplate,
  templatePath,
} from '../read-template.ts'

const folder = join(import.meta.dirname, '..')
const stacks = readStacks()

t.test('stacks.json lists exactly the existing templates', async (t) => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'))
  t.same(stacks.map(({ template }) => template).toSorted(), files.toSorted())
})

t.test('every template takes an environment and exports nothing', async (t) => {
  for (const entry of stacks) {
    const { Parameters } = readTemplate(entry)
    t.match(Parameters.Env, { Type: 'String', AllowedPattern: '^[a-z][a-z0-9]{1,7}$' }, entry.template)
    const text = readFileSync(templatePath(entry), 'utf8')
    t.notMatch(text, /^Outputs:|Fn::ImportValue|!ImportValue|\{\{resolve:ssm:\/hashgate/m, entry.template)
  }
})

for (const env of environments) {
  // modelEnvironment throws if a stack reads a value that no earlier stack publishes.
  t.test(`${env}: every stack publishes exactly the values that stacks.json lists`, async (t) => {
    for (const model of modelEnvironment(env)) {
      const { writes } = stacks.find(({ stack }) => stack === model.stack) ?? {}
      const published = publishedBy(model)
      t.same(
        published.map(([name]) => name).toSorted(),
        writes?.map((name) => `/hashgate/${env}/${model.stack}/${name}`).toSorted(),
        model.stack,
      )
      // Parameter Store rejects empty values.
      for (const [name, value] of published) t.ok(String(value).length > 0, `${name} has a value`)
    }
  })

  t.test(`${env}: the parameters exist and their values are allowed`, async (t) => {
    for (const [stack, values] of Object.entries(readParameters(env))) {
      const entry = stacks.find((one) => one.stack === stack)
      if (!entry) {
        t.fail(`${stack} is not in stacks.json`)
        continue
      }
      const { Parameters } = readTemplate(entry)
      for (const [name, value] of Object.entries(values)) {
        t.ok(isAllowed(Parameters[name], value), `${stack}: ${name} = ${value}`)
      }
    }
  })
}

function isAllowed(parameter: Parameter | undefined, value: string): boolean {
  if (!parameter || typeof value !== 'string') return false
  const { Type, AllowedPattern, AllowedValues, MinValue, MaxValue } = parameter
  if (AllowedPattern && !new RegExp(AllowedPattern).test(value)) return false
  if (AllowedValues && !AllowedValues.map(String).includes(value)) return false
  if (Type !== 'Number') return true
  return Number(value) >= (MinValue ?? -Infinity) && Number(value) <= (MaxValue ?? Infinity)
}

t.test('only a stack that is deployed together with an optional stack reads its values', async (t) => {
  for (const { stack, writes } of stacks.filter((entry) => entry.optional || entry.with)) {
    const readers = stacks.filter((entry) =>
      Object.values(readTemplate(entry).Parameters).some(({ Default = '' }) =>
        String(Default).startsWith(`/hashgate/dev/${stack}/`),
      ),
    )
    t.same(
      readers.map((reader) => reader.with),
      readers.map(() => stack),
      stack,
    )
    t.equal(readers.length > 0, writes.length > 0, `${stack}: published values have readers`)
  }
})

t.test('volumes of instances have the tags for cost allocation', async (t) => {
  type Tags = { ResourceType: string; Tags: { Key: string; Value: string }[] }[]
  const templates = modelEnvironment('dev').flatMap(({ stack, resources }) =>
    Object.values(resources)
      .filter(({ Type }) => Type === 'AWS::EC2::LaunchTemplate')
      .map(({ Properties }) => ({
        stack,
        tags: (Properties.LaunchTemplateData as { TagSpecifications?: Tags }).TagSpecifications ?? [],
      })),
  )
  t.ok(templates.length > 1)
  for (const { stack, tags } of templates)
    t.strictSame(tags.find(({ ResourceType }) => ResourceType === 'volume')?.Tags, [
      { Key: 'hashgate:env', Value: 'dev' },
      { Key: 'hashgate:stack', Value: stack },
    ])
})

t.test('no template has more than 450 lines', async (t) => {
  for (const entry of stacks) {
    const lines = readFileSync(templatePath(entry), 'utf8').trimEnd().split('\n').length
    t.ok(lines <= 450, `${entry.template}: ${lines} lines`)
  }
})

t.test('a parameter file can pin the machine image', async (t) => {
  const image = (values: ParameterValues, stack: string, id: string) =>
    modelResource<{ LaunchTemplateData: { ImageId: string } }>(modelDeployment('dev', values), stack, id)
      .LaunchTemplateData.ImageId
  const values = readParameters('dev')
  const ImageId = 'ami-0123456789abcdef0'
  for (const [stack, id] of [
    ['gateway', 'LaunchTemplate'],
    ['kafka-cluster', 'BrokerTemplate'],
  ] as const) {
    t.equal(image({ ...values, [stack]: { ...values[stack], ImageId } }, stack, id), ImageId, stack)
    t.match(image(values, stack, id), /al2023-ami-kernel-default-arm64$/, `${stack}: the latest`)
  }
})

t.test('requests to AWS stay within its limits', async (t) => {
  // The longest value that Env allows.
  for (const { stack, resources } of modelEnvironment('prod')) {
    for (const [id, { Type, Properties }] of Object.entries(resources)) {
      if (Type === 'AWS::S3::Bucket') {
        const longest = String(Properties.BucketName)
          .replace('-prod-', '-abcdefgh-')
          .replace('us-east-1', 'ap-southeast-1')
        t.ok(longest.length <= 63, `${longest}: at most 63 characters`)
      }
      const data = Properties.LaunchTemplateData as { UserData?: string } | undefined
      if (data?.UserData) {
        t.ok(Buffer.byteLength(data.UserData) <= 16_384, `${stack}, ${id}: user data of at most 16 KiB`)
      }
    }
    const size = readFileSync(join(folder, `${stack}.yaml`)).length
    t.ok(size <= 51_200, `${stack}.yaml: ${size} bytes can be sent without a bucket`)
  }
})
