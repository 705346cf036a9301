import { execFile } from 'node:child_process'
import { chmod, copyFile, cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { readConfinement } from './read-confinement.ts'

const run = promisify(execFile)

/** A stub for a program: logs its call and runs `body`. */
const stub = (body = '') => `#!/bin/bash
echo "$(basename "$0") $*" >>/calls.log
${body}`

/** A stub for the AWS CLI: copies the boot script or the artefact from the machine's root folder. */
const aws = `[[ $1 == s3 && $2 == cp ]] || exit 1
[[ $* == *'.sh '* ]] && exec cp /boot.sh "\${@: -1}"
exec cp /artefact.zip "\${@: -1}"`

/** A stub for systemctl: starts the unit's program with its user, environment and system-call filters, and without capabilities. */
const systemctl = `[[ $* == 'enable --now hashgate-gateway.service' ]] || exit 0
unit=/etc/systemd/system/hashgate-gateway.service
get() { sed -n "s/^$1=//p" "$unit" | tail -n 1; }
mapfile -t settings < <(cat "$(get EnvironmentFile)" /where-aws-is.env)
output=$(get StandardOutput)
cd "$(get WorkingDirectory)"
read -ra program <<<"$(get ExecStart)"
env -i "\${settings[@]}" setpriv --reuid="$(get User)" --regid="$(get User)" --init-groups --no-new-privs \\
  --inh-caps=-all --bounding-set=-all /confine "$(</families)" "$(</calls)" "\${program[@]}" >>"\${output#append:}" 2>&1 &
echo $! >/gateway.pid`

const stubs: Record<string, string> = {
  'usr/bin/dnf': stub(),
  'usr/bin/aws': stub(aws),
  'usr/bin/systemctl': stub(systemctl),
  'opt/aws/bin/cfn-signal': stub(),
  'opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl': stub(),
}

interface MachineOptions {
  /** Files of its root folder by name: boot.sh and artefact.zip. */
  files: Record<'boot.sh' | 'artefact.zip', string>
  userData: string
  /** Settings with the addresses of the AWS doubles. */
  environment: Record<string, string>
}

/**
 * Makes a root folder for a boot script: this machine's programs and libraries, read-only, and writable system folders. Stubs replace the
 * programs that install, start and report, and log their calls in `/calls.log`.
 * Call it as root in a new mount namespace, which removes the mounts when it ends.
 */
export async function makeMachine(
  root: string,
  { files, userData, environment }: MachineOptions,
): Promise<void> {
  const folders = [
    'dev',
    'etc/systemd/system',
    'etc/logrotate.d',
    'host/bin',
    'host/sbin',
    'opt',
    'proc',
    'root',
    'tmp',
    'usr/bin',
    'usr/sbin',
    'var/log',
  ]
  for (const folder of folders) await mkdir(join(root, folder), { recursive: true })
  for (const [link, target] of Object.entries({
    bin: 'usr/bin',
    sbin: 'usr/sbin',
    lib: 'usr/lib',
    lib64: 'usr/lib64',
  })) {
    await symlink(target, join(root, link))
  }
  for (const folder of ['lib', 'lib64', 'libexec', 'share'])
    await showFolder(`/usr/${folder}`, join(root, 'usr', folder))
  for (const folder of ['bin', 'sbin']) await showPrograms(root, folder)
  await run('mount', ['--bind', '/dev', join(root, 'dev')])
  await run('mount', ['-t', 'proc', 'proc', join(root, 'proc')])
  for (const file of [
    'passwd',
    'group',
    'shadow',
    'gshadow',
    'login.defs',
    'nsswitch.conf',
    'ld.so.cache',
    'alternatives',
  ]) {
    await cp(join('/etc', file), join(root, 'etc', file), { recursive: true, verbatimSymlinks: true }).catch(
      () => {},
    )
  }
  await copyFile(process.execPath, join(root, 'usr/bin/node-24'))
  for (const [path, text] of Object.entries(stubs)) await writeProgram(join(root, path), text)

  for (const [name, file] of Object.entries(files)) await copyFile(file, join(root, name))
  await writeProgram(join(root, 'user-data'), userData)
  await writeConfinement(root, await readFile(files['boot.sh'], 'utf8'))
  const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}\n`)
  await writeFile(join(root, 'where-aws-is.env'), lines.join(''))
}

async function writeConfinement(root: string, script: string): Promise<void> {
  const { families, calls } = await readConfinement(script)
  await writeFile(join(root, 'families'), families)
  await writeFile(join(root, 'calls'), calls)
  const source = join(import.meta.dirname, 'confine.c')
  await run('gcc', ['-Wall', '-Werror', '-o', join(root, 'confine'), source, '-l:libseccomp.so.2'])
}

async function showFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true })
  await run('mount', ['--bind', from, to])
  await run('mount', ['-o', 'remount,bind,ro', to])
}

/** A link for each program, so that single ones can be replaced. */
async function showPrograms(root: string, folder: string): Promise<void> {
  await showFolder(`/usr/${folder}`, join(root, 'host', folder))
  const replaced = Object.keys(stubs)
  for (const name of await readdir(`/usr/${folder}`)) {
    const path = join('usr', folder, name)
    if (!replaced.includes(path)) await symlink(`/host/${folder}/${name}`, join(root, path))
  }
}

async function writeProgram(path: string, text: string): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true })
  await writeFile(path, text)
  await chmod(path, 0o755)
}
