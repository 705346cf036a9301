import { execFile } from 'node:child_process'
import { cp, mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { yamlParse } from 'yaml-cfn'
import { gatewaySettings } from '../../gateway/config.ts'
import { processorSettings } from '../../processor/config.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
const folder = join(root, 'deploy/containers')
const dockerfile = await readFile(join(folder, 'Dockerfile'), 'utf8')

interface Service {
  image: string
  environment?: Record<string, string>
  depends_on?: string[] | Record<string, object>
}

const compose = yamlParse(await readFile(join(folder, 'compose.yaml'), 'utf8'))
const services = withMergedKeys(compose.services) as Record<string, Service>

/** Resolves YAML merge keys (`<<`), which this parser does not. */
function withMergedKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const entries = Object.entries(value).map(([name, field]) => [name, withMergedKeys(field)])
  const { '<<': base, ...own } = Object.fromEntries(entries)
  return { ...base, ...own }
}

t.test('hadolint finds no fault in the Dockerfile', async (t) => {
  await t.resolves(run('hadolint', [join(folder, 'Dockerfile')]))
})

t.test('the Kubernetes objects match their schemas', async (t) => {
  const names = await readdir(join(folder, 'kubernetes'))
  t.ok(names.length > 0)
  const files = names.map((name) => join(folder, 'kubernetes', name))
  await t.resolves(run('kubernetes-validate', ['--strict', ...files]))
})

t.test('services depend on services that exist, and foreign images have versions', async (t) => {
  for (const [name, { image, depends_on = [] }] of Object.entries(services)) {
    for (const needed of Array.isArray(depends_on) ? depends_on : Object.keys(depends_on)) {
      t.ok(services[needed], `${name} needs ${needed}`)
    }
    t.match(image, /^hashgate$|:v?\d+\.\d+\.\d+$/)
  }
})

t.test('the environment of gateway and worker consists of their settings', async (t) => {
  const credentials = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']
  for (const [name, settings] of [
    ['gateway', gatewaySettings],
    ['worker', processorSettings],
  ] as const) {
    const known = [...Object.keys(settings.properties), ...credentials, 'KEYS_TABLE']
    const given = Object.keys(services[name]?.environment ?? {})
    t.ok(given.length > 0)
    t.same(
      given.filter((setting) => !known.includes(setting)),
      [],
    )
  }
})

/** Installing packages can take minutes. */
const patience = { timeout: 300_000 }

t.test('the packages and files of the image are enough for its programs', patience, async (t) => {
  const image = t.testdir({})
  const copies = [...dockerfile.matchAll(/^COPY (?!--from)(.+) (\S+)$/gm)]
  for (const [, sources = '', target = ''] of copies) {
    const names = sources.split(' ')
    for (const name of names) {
      const isFolder = names.length > 1 || /\/$/.test(target)
      const to = join(image, target, isFolder ? (name.split('/').at(-1) ?? '') : '')
      await mkdir(join(to, '..'), { recursive: true })
      await cp(join(root, name), to, {
        recursive: true,
        filter: (path) => !/node_modules|\/test$/.test(path),
      })
    }
  }
  const install = /npm ci [^\\]+/.exec(dockerfile)?.[0] ?? ''
  await run('npm', [...install.trim().split(' ').slice(1), '--prefer-offline'], { cwd: image })
  for (const program of ['scripts/keys.ts', 'scripts/topics.ts']) {
    const { stdout } = await run(process.execPath, [program, '--help'], { cwd: image })
    t.match(stdout, /Usage/, program)
  }
  for (const program of ['gateway/server.ts', 'processor/worker.ts']) {
    const fault = await run(process.execPath, [program], { cwd: image, env: {} }).catch((error) => error)
    t.match(fault.stderr, /RAW_BUCKET/, `${program} starts and reports a missing setting`)
  }
})
