import { execFile } from 'node:child_process'
import { chmod, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import t, { type Test } from 'tap'
import { startInProcess } from '../../testkit/system/start-in-process.ts'

const root = resolve(import.meta.dirname, '../../..')
const readme = await readFile(join(root, 'README.md'), 'utf8')
const [, block = ''] = /\*\*With curl\*\*.*?```sh\n(.*?)```/s.exec(readme) ?? []

const missing = (await Promise.all(['bash', 'curl', 'jq'].map(isMissing))).filter(Boolean)
const skip = missing.length > 0 && `not installed: ${missing.join(', ')}`

t.test('the curl block of the README', { skip }, async (t) => {
  const { gateway, key } = await startInProcess(t)

  t.test('uploads a photo exactly as printed, and leaves no file behind', async (t) => {
    const { run, temporaryFiles } = await prepare(t, { gateway, key })
    const { code, stdout, stderr } = await run()
    t.match({ code, stderr }, { code: 0, stderr: '' })
    const image = JSON.parse(stdout)
    t.match(image, { status: 'ready', variants: [{ name: 'thumb' }, {}, {}] })
    t.strictSame(await temporaryFiles(), [])
  })

  t.test('a second upload of the same bytes is a duplicate, and sends nothing', async (t) => {
    const { run, temporaryFiles } = await prepare(t, { gateway, key }, { date: 'echo a constant date' })
    const first = await run()
    const second = await run()
    for (const { code, stderr, stdout } of [first, second]) {
      t.match(
        { code, stderr, image: JSON.parse(stdout) },
        { code: 0, stderr: '', image: { status: 'ready' } },
      )
    }
    t.equal(JSON.parse(second.stdout).imageId, JSON.parse(first.stdout).imageId)
    t.strictSame(await temporaryFiles(), [])
  })

  t.test('hashes with shasum if sha256sum is missing, as on macOS', async (t) => {
    const { run } = await prepare(t, { gateway, key }, { sha256sum: 'exit 127' })
    const { code, stdout, stderr } = await run()
    t.match({ code, stderr, image: JSON.parse(stdout) }, { code: 0, stderr: '', image: { status: 'ready' } })
  })

  t.test('shows why the gateway refuses a request', async (t) => {
    const { run, temporaryFiles } = await prepare(t, { gateway, key: 'wrong' })
    const { code, stdout, stderr } = await run()
    t.not(code, 0)
    t.equal(stdout, '')
    t.match(stderr, '"code":"UNAUTHENTICATED"')
    t.strictSame(await temporaryFiles(), [])
  })
})

/** Prepares a directory with the files of the project that the block uses. @param programs replace programs of the machine */
async function prepare(t: Test, local: object, programs: Record<string, string> = {}) {
  const directory = t.testdir({ '.data': { 'local.json': JSON.stringify(local) }, bin: {}, tmp: {} })
  await symlink(join(root, 'processor'), join(directory, 'processor'))
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(directory, 'bin', name), `#!/bin/sh\n${script}\n`)
    await chmod(join(directory, 'bin', name), 0o755)
  }
  const env = {
    ...process.env,
    PATH: `${join(directory, 'bin')}:${process.env.PATH}`,
    TMPDIR: join(directory, 'tmp'),
  }
  const run = () =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((done) => {
      const child = execFile('bash', ['-c', block], { cwd: directory, env }, (_, stdout, stderr) =>
        done({ code: child.exitCode, stdout, stderr }),
      )
    })
  return { run, temporaryFiles: () => readdir(join(directory, 'tmp')) }
}

function isMissing(program: string): Promise<string | undefined> {
  return new Promise((done) => {
    execFile(program, ['--version'], (error) => done(error ? program : undefined))
  })
}
