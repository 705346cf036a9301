import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { environments, modelEnvironment } from '../model/model-environment.ts'

const folder = new URL('../boot/', import.meta.url)

/** The scripts with which machines start: files, and user data as it comes out of the templates. */
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

/** What shellcheck says, or nothing. @throws Error when there is no shellcheck */
function check(script: string): Promise<string> {
  return new Promise((resolve, reject) => {
    // SC2317, in newer ones SC2329: it does not see that `trap` calls a function.
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
    t.match(script, /^#!\/bin\/bash\n/, `${name} begins with its shell`)
    t.equal(await check(script), '', name)
  }
})

t.test('shellcheck finds a fault in a broken script', async (t) => {
  t.match(await check('#!/bin/bash\necho $1\n'), /SC2086/)
})
