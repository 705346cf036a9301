import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { environments, modelEnvironment } from '../model/model-environment.ts'

const folder = new URL('../boot/', import.meta.url)

/** The scripts that machines run at boot: files, and user data from the evaluated templates. */
const files = readdirSync(folder).map((name) => ({
  name: `boot/${name}`,
  script: readFileSync(new URL(name, folder), 'utf8'),
}))
const userData = environments.flatMap((env) =>
  modelEnvironment(env).flatMap(({ stack, resources }) =>
    Object.entries(resources).flatMap(([id, { Type, Properties }]) => {
      if (Type !== 'AWS::EC2::LaunchTemplate') return []
      const { UserData } = Properties.LaunchTemplateData as { UserData: string }
      return [{ name: `${env}: ${stack}.yaml, ${id}`, script: UserData }]
    }),
  ),
)

/** Returns shellcheck's findings. @throws Error when shellcheck is not installed */
function check(script: string): Promise<string> {
  return new Promise((resolve, reject) => {
    // SC2317 (SC2329 in newer releases): shellcheck misses that `trap` calls a function.
    const program = execFile(
      'shellcheck',
      ['--shell=bash', '--exclude=SC2317,SC2329', '-'],
      (error, stdout) => {
        if (error && typeof error.code !== 'number') reject(error)
        else resolve(stdout)
      },
    )
    program.stdin?.end(script)
  })
}

t.test('shellcheck finds nothing in the boot scripts and the user data of the instances', async (t) => {
  t.ok(files.length > 0)
  t.ok(userData.length > 0)
  for (const { name, script } of [...files, ...userData]) {
    t.match(script, /^#!\/bin\/bash\n/, `${name} has a shebang`)
    t.equal(await check(script), '', name)
  }
})

t.test('shellcheck finds a fault in a broken script', async (t) => {
  t.match(await check('#!/bin/bash\necho $1\n'), /SC2086/)
})
