import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { access, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import sharp from 'sharp'
import t from 'tap'
import { buildPackage } from '../../../scripts/build/packages/build-package.ts'
import { packageBuilds } from '../../../scripts/build/packages/package-builds.ts'
import { startInProcess } from '../../../scripts/testkit/system/start-in-process.ts'

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '../../..')
const photos = join(root, 'processor/test/photos')

// Outside the repository, because npx would find the packages there.
const project = await mkdtemp(join(tmpdir(), 'hashgate-cli-'))
t.teardown(() => rm(project, { recursive: true }))
/** The environment without npm's variables, which would make this repository the project. */
const environment = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name))),
  npm_config_cache: join(project, 'cache'),
}
await packAndInstall()
const { gateway, key } = await startInProcess(t)

for (const folder of await findNodes()) {
  const env = {
    ...environment,
    PATH: [folder, process.env.PATH].join(delimiter),
    HASHGATE_GATEWAY: gateway,
    HASHGATE_KEY: key,
  }
  const node = (await run(join(folder, 'node'), ['--version'])).stdout.trim()
  const hashgate = (...args: string[]) =>
    run('npx', ['--no-install', 'hashgate', ...args], { cwd: project, env }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
    )

  t.test(`the packed program on Node ${node}`, async (t) => {
    const { version } = JSON.parse(await readFile(join(root, 'openapi/packages/cli/package.json'), 'utf8'))
    t.match(await hashgate('--version'), { code: 0, stdout: `${version}\n`, stderr: '' })
    t.match(await hashgate('upload', '--help'), { code: 0, stdout: /^Usage: hashgate upload /, stderr: '' })

    // The folder has a README.
    t.match(await hashgate('upload', photos), {
      code: 0,
      stdout: /^5 of 5 ready, /m,
      stderr: /^Skipped 1 file [^\n]*\n$/,
    })
    const again = await hashgate('upload', '--json', join(photos, '*.jpg'))
    t.match(again, { code: 0, stderr: '' })
    const results = again.stdout.trim().split('\n')
    t.equal(results.length, 5)
    for (const line of results)
      t.match(JSON.parse(line), { result: 'duplicate', uploadedBytes: 0, status: 'ready' })

    t.match(await hashgate('images', 'list'), { code: 0, stdout: /\n5 images\n$/ })
    t.match(await hashgate('upload', photos, '--key', 'wrong'), {
      code: 1,
      stderr: /The gateway does not accept the key\. Check HASHGATE_KEY/,
    })
  })
}

t.test(
  'the package is one program without dependencies, with the licences of what it contains',
  async (t) => {
    const folder = join(project, 'node_modules/@hashgate/cli')
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    t.strictSame(manifest.bin, { hashgate: './hashgate.js' })
    t.equal(manifest.dependencies, undefined)
    const licences = await readFile(join(folder, 'THIRD-PARTY-LICENSES.txt'), 'utf8')
    for (const name of ['commander', 'tinyglobby', 'cli-table3', 'cli-progress'])
      t.match(licences, `\n${name} `)
  },
)

const hasJq = await run('jq', ['--version']).then(
  () => true,
  () => false,
)

t.test('the example of the README works', { skip: hasJq ? false : 'jq is not installed' }, async (t) => {
  const readme = await readFile(join(project, 'node_modules/@hashgate/cli/README.md'), 'utf8')
  const example = /```sh\n(.*?)```/s.exec(readme)?.[1] ?? ''
  const photo = 'drum-portrait.jpg'
  await mkdir(join(project, 'photos'))
  await mkdir(join(project, 'scans/2026'), { recursive: true })
  await copyFile(join(photos, photo), join(project, 'photos', photo))
  const create = { width: 8, height: 8, channels: 3, background: 'teal' } as const
  await sharp({ create }).tiff().toFile(join(project, 'scans/2026/page.tiff'))
  const bytes = await readFile(join(photos, photo))
  const id = createHash('sha256').update(bytes).digest('hex')
  const script = example
    .replace(/(GATEWAY=).*/, `$1${gateway}`)
    .replace(/(KEY=).*/, `$1${key}`)
    .replace(/\bID\b/, id)
  const { stdout } = await run('bash', ['-e', '-o', 'pipefail', '-c', script], {
    cwd: project,
    env: environment,
  })
  t.match(stdout, /2 of 2 ready/)
  t.match(stdout, `\n${id}-thumb.webp\n`)
  t.ok((await readdir(project)).includes(`${id}-thumb.webp`))
})

async function packAndInstall(): Promise<void> {
  const definition = packageBuilds.find(({ name }) => name === 'cli')
  if (!definition) throw new Error('The CLI is not among the packages.')
  await writeFile(join(project, 'package.json'), '{ "private": true }')
  const folder = await buildPackage(definition, join(project, 'built'))
  const npm = (args: string[], cwd: string) => run('npm', args, { cwd, env: environment })
  const { stdout } = await npm(['pack', '--json', '--pack-destination', project], folder)
  const [{ filename }] = JSON.parse(stdout)
  await npm(['install', '--offline', '--no-audit', '--no-fund', `./${filename}`], project)
}

/** The folders of this Node and of the machine's own, which may be older; npm's scripts have the project's Node first. */
async function findNodes(): Promise<string[]> {
  const own = resolve(process.execPath, '..')
  const elsewhere = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
  for (const folder of elsewhere) {
    const isThere = await access(join(folder, 'node')).then(
      () => true,
      () => false,
    )
    if (isThere) return [own, folder]
  }
  t.comment('This machine has no other Node, so only the one of the project is tested.')
  return [own]
}
