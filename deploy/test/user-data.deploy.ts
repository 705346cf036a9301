import { execFile } from 'node:child_process'
import t from 'tap'
import { environments, modelEnvironment } from '../model/model-environment.ts'

/** The scripts with which machines start, as they come out of the templates. */
const scripts = environments.flatMap((env) =>
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

t.test('shellcheck finds nothing in the user data of the instances', async (t) => {
  t.ok(scripts.length > 0)
  for (const { name, script } of scripts) {
    t.match(script, /^#!\/bin\/bash\n/, `${name} begins with its shell`)
    t.equal(await check(script), '', name)
  }
})

t.test('shellcheck finds a fault in a broken script', async (t) => {
  t.match(await check('#!/bin/bash\necho $1\n'), /SC2086/)
})
