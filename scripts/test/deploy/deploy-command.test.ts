import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { inheritedEnvironment } from '../../config.ts'
import { pollUntil } from '../../testkit/poll-until.ts'
import { emptyRefusal, ofStack } from './aws-double/double-stack.ts'
import { startAwsDouble } from './aws-double/start-aws-double.ts'

const program = fileURLToPath(new URL('../../deploy.ts', import.meta.url))

/** The environment of a machine without AWS credentials. */
const nowhere = {
  AWS_CONFIG_FILE: '/nowhere',
  AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_REGION: undefined,
  AWS_DEFAULT_REGION: undefined,
  AWS_ACCESS_KEY_ID: undefined,
  AWS_SECRET_ACCESS_KEY: undefined,
  AWS_ENDPOINT_URL: undefined,
}

const somewhere = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'access', AWS_SECRET_ACCESS_KEY: 'secret' }

function start(args: string[], environment: NodeJS.ProcessEnv = {}, input = '') {
  const env = { ...inheritedEnvironment(), ...nowhere, ...environment }
  const { promise: ended, resolve } = Promise.withResolvers<{
    code: number
    stdout: string
    stderr: string
  }>()
  const child = execFile(process.execPath, [program, ...args], { env }, (_, stdout, stderr) =>
    resolve({ code: child.exitCode ?? -1, stdout, stderr }),
  )
  child.stdin?.end(input)
  return { child, ended }
}

const run = (...args: Parameters<typeof start>) => start(...args).ended

t.test('wrong arguments print the usage', async (t) => {
  for (const args of [[], ['--stack', 'network'], ['undo', '--env', 'dev'], ['destroy', 'dev']]) {
    t.match(await run(args), { code: 1, stdout: /^Usage: npm run deploy/ }, args.join(' '))
  }
  t.match(await run(['--help']), { code: 0, stdout: /^Usage/ })
})

t.test('each user error prints one line', async (t) => {
  const cases: [string[], NodeJS.ProcessEnv, RegExp][] = [
    [['--env', 'nosuch'], somewhere, /^deploy\/parameters\/nosuch\.json is missing.*\n$/],
    [
      ['--env', 'dev', '--stack', 'nosuch'],
      somewhere,
      /^Unknown stack "nosuch"\. Stacks: pipeline, foundation, .*\n$/,
    ],
    [['--env', 'dev'], {}, /^No AWS region is set\. Set AWS_REGION.*\n$/],
    [['--env', 'dev'], { AWS_REGION: 'eu-west-1' }, /^AWS rejected the credentials .*\n$/],
  ]
  for (const [args, environment, stderr] of cases) t.match(await run(args, environment), { code: 1, stderr })
})

t.test('the same command continues after an interruption', async (t) => {
  const { endpoint, outcomes, stacks, actionsAsked } = await startAwsDouble(t)
  const changes = [{ action: 'Add', id: 'ArtefactBucket' }]
  const begun = { status: 'CREATE_IN_PROGRESS', events: [ofStack('CREATE_IN_PROGRESS')] }
  outcomes.set('hashgate-dev-foundation', { changes, looks: [begun] })
  const environment = { ...somewhere, AWS_ENDPOINT_URL: endpoint }
  const args = ['--env', 'dev', '--stack', 'foundation', '--yes', '--poll-seconds', '0.01']

  const interrupted = start(args, environment)
  await pollUntil(() => actionsAsked().includes('ExecuteChangeSet'))
  interrupted.child.kill('SIGINT')
  t.match(await interrupted.ended, { code: 130, stderr: /AWS continues the operations that have started/ })

  outcomes.set('hashgate-dev-foundation', { refusal: emptyRefusal })
  const stack = stacks.get('hashgate-dev-foundation')
  const done = {
    status: 'CREATE_COMPLETE',
    events: [{ status: 'CREATE_COMPLETE', logicalId: 'ArtefactBucket' }],
  }
  stack?.looks.push(begun, begun, begun, done)
  const again = await run(args, environment)
  t.match(again, {
    code: 0,
    stdout: /waiting\.\n {4}CREATE_COMPLETE ArtefactBucket\n.*: no changes\n$/,
  })
})

t.test('--check shows in one table why dev.json as shipped cannot be deployed', async (t) => {
  const { endpoint, actionsAsked } = await startAwsDouble(t)
  const environment = { ...somewhere, AWS_ENDPOINT_URL: endpoint }
  const { code, stdout } = await run(['--env', 'dev', '--check'], environment)
  t.equal(code, 1)
  const readme = await readFile(new URL('../../../deploy/README.md', import.meta.url), 'utf8')
  const [, shown] = /--env dev --check\n(dev in [\s\S]*?)\n```/.exec(readme) ?? []
  t.equal(stdout.trim(), shown, 'deploy/README.md shows the same table')

  const stopped = await Promise.all(
    ['--plan', '--yes'].map((option) => run(['--env', 'dev', option], environment)),
  )
  for (const one of stopped) {
    t.match(one, { code: 1, stdout: /FAILS/, stderr: /^Nothing was deployed\. Fix what FAILS/ })
    t.notMatch(one.stdout, /│ ok /, 'passed checks are not shown')
  }
  const changing = ['CreateChangeSet', 'ExecuteChangeSet', 'PutObject']
  t.notOk(actionsAsked().some((action) => changing.includes(action)))
})

t.test('retained resources stop the deployment before it starts', async (t) => {
  const { endpoint, outcomes, standing, actionsAsked } = await startAwsDouble(t)
  // CloudFormation's validation would reject the plan without advice.
  outcomes.set('hashgate-dev-foundation', { invalid: { LogBucket: 'The bucket already exists.' } })
  standing.set('hashgate-dev-logs-111122223333-eu-west-1', {})
  const args = ['--env', 'dev', '--stack', 'foundation', '--yes', '--poll-seconds', '0.01']
  t.match(await run(args, { ...somewhere, AWS_ENDPOINT_URL: endpoint }), {
    code: 1,
    stdout:
      /│ names +│ FAILS +│ these resources of an earlier dev [\s\S]*│ {3}hashgate-dev-logs-111122223333-eu-west-1 {2}AWS::S3::Bucket/,
    stderr: /^Nothing was deployed\. Fix what FAILS/,
  })
  t.notOk(actionsAsked().includes('CreateChangeSet'))
})

t.test('nothing is deployed without a confirmation', async (t) => {
  const { endpoint, outcomes, actionsAsked } = await startAwsDouble(t)
  const changes = [{ action: 'Add', id: 'ArtefactBucket' }]
  const looks = [{ status: 'CREATE_COMPLETE', events: [ofStack('CREATE_COMPLETE')] }]
  outcomes.set('hashgate-dev-foundation', { changes, looks })
  const environment = { ...somewhere, AWS_ENDPOINT_URL: endpoint }
  const args = ['--env', 'dev', '--stack', 'foundation', '--poll-seconds', '0.01']

  const planned = await run([...args, '--plan'], environment)
  t.match(planned, { code: 0, stdout: /^dev in account 111122223333, eu-west-1, as .*\n.*: to be created\n/ })
  t.notMatch(planned.stdout, 'Deploy this?')

  for (const answer of ['no\n', '']) {
    t.match(await run(args, environment, answer), {
      code: 1,
      stdout: /Deploy this\?[\s\S]*Nothing was deployed/,
    })
  }
  t.notOk(actionsAsked().includes('ExecuteChangeSet'))

  t.match(await run(args, environment, 'yes\n'), { code: 0, stdout: /hashgate-dev-foundation: done\n$/ })
  t.ok(actionsAsked().includes('ExecuteChangeSet'))
  t.match(await run(['destroy', ...args], environment, 'yes\nno\n'), {
    code: 1,
    stdout: /Nothing was destroyed/,
  })
})
