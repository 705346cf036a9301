import { execFile } from 'node:child_process'
import { appendFile, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { arch, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { buildZip, deployables } from '../../scripts/build/build-zips.ts'
import { readBootScript } from '../../scripts/deploy/artefacts.ts'
import { modelEnvironment } from '../model/model-environment.ts'
import { modelResource } from '../model/model-resource.ts'
import type { Boot } from './boot/boot.ts'
import { readAgentConfig } from './monitoring/known-metrics.ts'

const run = promisify(execFile)
const stacks = modelEnvironment('dev')
const { LaunchTemplateData } = modelResource<{ LaunchTemplateData: { UserData: string } }>(
  stacks,
  'gateway',
  'LaunchTemplate',
)

const needs = process.getuid?.() === 0 ? '' : 'the boot script runs in Linux namespaces, which need root'

t.test('an instance with a valid artefact becomes a gateway', { skip: needs }, async (t) => {
  const boot = await startMachine(t)
  t.equal(boot.exitCode, 0, boot.output)
  t.match(boot.output, /hashgate gateway is ready/)

  t.test('installs packages, gateway, unit and agent in order, and then signals success', async (t) => {
    const steps = [
      /^dnf install .*\baws-cfn-bootstrap$/,
      /^aws s3 cp .* s3:\/\/hashgate-dev-artefacts-\S+\/gateway\/[0-9a-f]{64}\.sh /,
      /^dnf install .*\bnodejs24\b.*\bamazon-cloudwatch-agent\b/,
      /^aws s3 cp .* s3:\/\/hashgate-dev-artefacts-\S+\/gateway\/[0-9a-f]{64}\.zip /,
      /^systemctl daemon-reload$/,
      /^systemctl enable --now hashgate-gateway\.service$/,
      /^amazon-cloudwatch-agent-ctl .*-c file:\/etc\/hashgate\/agent\.json$/,
      /^cfn-signal --exit-code 0 --stack hashgate-dev-gateway --resource Group --region us-east-1$/,
    ]
    const places = steps.map((step) => boot.calls.findIndex((call) => step.test(call)))
    t.notOk(places.includes(-1), boot.calls.join('\n'))
    t.strictSame(
      places,
      places.toSorted((a, b) => a - b),
    )
    t.equal(boot.calls.filter((call) => call.startsWith('cfn-signal')).length, 1)
  })

  t.test('the gateway serves requests on the port of the target group while Kafka is down', async (t) => {
    t.match(boot.readiness, {
      httpStatus: 200,
      body: { status: 'degraded', dependencies: { bucket: { state: 'up' }, catalog: { state: 'up' } } },
    })
  })

  t.test('the agent gets the settings that the tests of the alarms read', async (t) => {
    t.strictSame(JSON.parse(boot.agent), readAgentConfig(stacks))
  })

  t.test('the agent finds each metric that it forwards', async (t) => {
    const { metric_declaration } = readAgentConfig(stacks).logs.metrics_collected.prometheus.emf_processor
    for (const selector of metric_declaration.flatMap(({ metric_selectors }) => metric_selectors)) {
      const name = selector.slice(1, -1)
      t.match(boot.metrics, new RegExp(`^# TYPE ${name} (gauge|counter)$`, 'm'), name)
    }
  })

  t.test('the gateway runs as an unprivileged user', async (t) => {
    t.match(boot.process, /^CapEff:\t0{16}$/m)
    t.match(boot.process, /^CapBnd:\t0{16}$/m)
    t.match(boot.process, /^NoNewPrivs:\t1$/m)
    t.notMatch(boot.process, /^Uid:\t0\t/m)
  })

  t.test('the gateway runs under the address-family and system-call filters of its unit', async (t) => {
    t.match(boot.process, /^Seccomp:\t2$/m)
    t.match(boot.process, /^Seccomp_filters:\t2$/m)
  })

  t.test('the log is JSON lines that only the service user can read', async (t) => {
    t.equal(boot.logMode, '750')
    const lines = boot.log.split('\n').filter(Boolean)
    t.ok(lines.length > 0)
    for (const line of lines) t.match(JSON.parse(line), { service: 'gateway' })
  })

  t.test('systemd accepts the unit and rates its exposure as low', async (t) => {
    const folder = await makeFolder(t)
    const unit = join(folder, 'hashgate-gateway.service')
    await writeFile(unit, boot.unit.replace('/usr/bin/node-24', process.execPath))
    const { stderr } = await run('systemd-analyze', ['verify', '--man=no', '--recursive-errors=no', unit])
    t.equal(stderr.replace(/^.*hashgate-gateway\.service: .*User.*$\n?/gm, ''), '')
    const { stdout } = await run('systemd-analyze', ['security', '--offline=yes', '--threshold=20', unit])
    t.match(stdout, /Overall exposure level for hashgate-gateway\.service: [01]\.\d/)
  })
})

for (const name of ['artefact.zip', 'boot.sh'] as const) {
  t.test(`an instance does not run ${name} if its hash differs from its key`, { skip: needs }, async (t) => {
    const boot = await startMachine(t, name)
    t.not(boot.exitCode, 0)
    t.notOk(
      boot.calls.some((call) => call.startsWith('systemctl')),
      'no service is started',
    )
    if (name === 'boot.sh') {
      t.notOk(
        boot.calls.some((call) => call.includes('nodejs24')),
        'the boot script does not run',
      )
    }
    t.match(boot.calls.at(-1), /^cfn-signal --exit-code [1-9]/, 'cfn-signal reports the failure')
    t.notOk(boot.readiness)
  })
}

/** Boots a machine with the real files. @param changed the file that arrives with an extra byte */
async function startMachine(t: Test, changed?: 'artefact.zip' | 'boot.sh'): Promise<Boot> {
  const folder = await makeFolder(t)
  const deployable = deployables.find(({ zip }) => zip === 'gateway.zip')
  if (!deployable) throw new Error('there is no artefact of the gateway')
  const cpu = arch() === 'arm64' ? 'arm64' : 'x64'
  const { file, sha256 } = await buildZip(deployable, { out: folder, cpu })
  await copyFile(file, join(folder, 'artefact.zip'))
  const { key, bytes } = await readBootScript(new URL('../boot/gateway.sh', import.meta.url))
  await writeFile(join(folder, 'boot.sh'), bytes)
  if (changed) await appendFile(join(folder, changed), '\n')
  // The keys in the model are not hashes of real files.
  const userData = LaunchTemplateData.UserData.replaceAll(
    /gateway\/[0-9a-f]{64}\.zip/g,
    `gateway/${sha256}.zip`,
  ).replaceAll(/gateway\/[0-9a-f]{64}\.sh/g, key)
  await writeFile(join(folder, 'user-data'), userData)

  const program = join(import.meta.dirname, 'boot/boot.ts')
  const namespaces = ['--mount', '--net', '--pid', '--fork', '--kill-child', '--propagation', 'private']
  const node = [process.execPath, '--disable-warning=TimeoutNegativeWarning', program, folder]
  const { stdout } = await run('unshare', [...namespaces, ...node], {
    env: { PATH: process.env.PATH },
    maxBuffer: 16 * 1024 ** 2,
  })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
}

async function makeFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `${basename(import.meta.filename, '.ts')}-`))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}
