import { execFile } from 'node:child_process'
import { createHash, generateKeyPairSync, randomInt } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import { installJars } from '../../../scripts/services/install-jars.ts'
import { servicesLayout } from '../../../scripts/services/services-layout.ts'
import type { ModelStack } from '../../model/model-deployment.ts'
import { modelResource } from '../../model/model-resource.ts'
import { fakePrograms } from './fake-programs.ts'

const run = promisify(execFile)
export const brokerIds = [1, 2, 3] as const
/** Parameters with the secrets of the logins, by component. */
const loginParameters = {
  gateway: 'GatewayLoginSecretArn',
  processor: 'ProcessorLoginSecretArn',
  webhooks: 'WebhooksLoginSecretArn',
  operator: 'OperatorLoginSecretArn',
}
export type Component = keyof typeof loginParameters

/**
 * Runs the user data once for each broker, with temporary folders instead of the machine's and a loopback address instead of each host
 * name. Everything ends with the test.
 */
export async function startMachines(
  t: Test,
  stacks: ModelStack[],
  logins: Record<Component, { username: string; password: string }>,
) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = privateKey.export({ type: 'sec1', format: 'pem' })
  const root = t.testdir({ secrets: {}, bin: {}, kms: { key }, distribution: { kafka: { bin: {} } } })
  const at = (...path: string[]) => join(root, ...path)
  const { directory: jars } = await installJars(servicesLayout(), {
    name: 'kafka',
    pom: join(import.meta.dirname, '../../../scripts/services/kafka/pom.xml'),
    mainArtifact: 'kafka_2.13',
  })
  const {
    'cfn-signal': signal = '',
    'amazon-cloudwatch-agent-ctl': agent = '',
    ...programs
  } = fakePrograms({ jars })
  for (const [name, text] of Object.entries(programs)) {
    const folder = name.startsWith('kafka-') ? at('distribution/kafka/bin') : at('bin')
    await writeFile(join(folder, name), text, { mode: 0o755 })
  }
  await run('tar', ['-czf', at('distribution/kafka.tgz'), '-C', at('distribution'), 'kafka'])
  const sha512 = createHash('sha512')
    .update(await readFile(at('distribution/kafka.tgz')))
    .digest('hex')
  const parameter = (name: string) =>
    String(stacks.find(({ stack }) => stack === 'kafka-cluster')?.parameters[name])
  const secret = (name: string) => at('secrets', parameter(name).replaceAll(/[^a-z0-9]/g, '_'))
  for (const [component, name] of Object.entries(loginParameters))
    await writeFile(secret(name), JSON.stringify(logins[component as Component]))

  const script = modelResource<{ LaunchTemplateData: { UserData: string } }>(
    stacks,
    'kafka-cluster',
    'BrokerTemplate',
  ).LaunchTemplateData.UserData
  const end = new AbortController()
  t.teardown(() => end.abort())
  // A separate loopback network, so that the ports can be those of the template.
  const network = `127.${randomInt(1, 255)}.${randomInt(255)}`
  const machines = await Promise.all(
    brokerIds.map(async (id) => {
      const folder = at(`broker-${id}`)
      for (const part of [
        'etc/systemd/system',
        'var/lib',
        'opt/aws/bin',
        'opt/aws/amazon-cloudwatch-agent/bin',
      ])
        await mkdir(join(folder, part), { recursive: true })
      await writeFile(join(folder, 'opt/aws/bin/cfn-signal'), signal, { mode: 0o755 })
      const agentControl = 'opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl'
      await writeFile(join(folder, agentControl), agent, { mode: 0o755 })
      await writeFile(join(folder, 'etc/fstab'), '')
      const own = adapt(script, { folder, network, id }).replace(parameter('KafkaArtefactSha512'), sha512)
      await writeFile(join(folder, 'user-data'), own)
      t.teardown(() => stop(folder))
      const env = {
        ...process.env,
        PATH: `${at('bin')}:${process.env.PATH}`,
        BROKER_ID: String(id),
        MACHINE: folder,
        SECRETS: at('secrets'),
        KMS: at('kms'),
        DISTRIBUTION: at('distribution'),
      }
      const boot = () =>
        run('bash', [join(folder, 'user-data')], { env, timeout: 300_000, signal: end.signal })
      return { folder, address: `${network}.${id}`, boot, stop: () => stop(folder) }
    }),
  )
  /** Secrets Manager refuses the next call to read a secret. */
  const throttle = () => writeFile(at('secrets/throttled'), '')
  async function readSecrets(): Promise<Record<string, string>> {
    const names = await readdir(at('secrets'))
    const values = await Promise.all(names.map((name) => readFile(at('secrets', name), 'utf8')))
    return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']))
  }
  /** Replaces the Kafka release in the artefact bucket with other bytes. */
  const replaceRelease = () => writeFile(at('distribution/kafka.tgz'), 'another file')
  return { machines, secret, readSecrets, throttle, replaceRelease }
}

/** Replaces the names and paths that do not exist on this machine. @throws Error when the script no longer contains one of them */
function adapt(
  script: string,
  { folder, network, id }: { folder: string; network: string; id: number },
): string {
  const replaced: [string, string][] = [
    ['broker-$id.kafka.hashgate-dev.internal', `${network}.${id}`],
    ...brokerIds.map((other): [string, string] => [`broker-${other}.$domain`, `${network}.${other}`]),
    ['://:', `://${network}.${id}:`],
    ['DNS:$name', 'IP:$name'],
    ['/dev/tcp/127.0.0.1', `/dev/tcp/${network}.${id}`],
    ['/etc/', `${folder}/etc/`],
    ['/var/lib/', `${folder}/var/lib/`],
    ['/opt/', `${folder}/opt/`],
  ]
  return replaced.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the user data of the brokers does not contain ${from}`)
    return text.replaceAll(from, to)
  }, script)
}

async function stop(folder: string): Promise<void> {
  const pid = await readFile(join(folder, 'pid'), 'utf8').catch(() => undefined)
  if (pid) process.kill(Number(pid), 'SIGKILL')
}
