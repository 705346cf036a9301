import { readFile } from 'node:fs/promises'
import t from 'tap'
import { yamlParse } from 'yaml-cfn'
import { modelDeployment } from '../../model/model-deployment.ts'
import { modelResource } from '../../model/model-resource.ts'
import { readParameters } from '../../read-template.ts'

interface Step {
  uses?: string
  run?: string
  with?: Record<string, string | number>
}

interface Workflow {
  on: { push: { branches: string[] } }
  permissions: Record<string, string>
  jobs: { deploy: { environment: string; 'timeout-minutes': number; steps: Step[] } }
}

const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
const [, section = ''] = readme.split('### Deploy from GitHub Actions')
const workflow: Workflow = yamlParse(/```yaml\n([\s\S]*?)```/.exec(section)?.[1] ?? '')
const pipeline = JSON.parse(/```json\n([\s\S]*?)```/.exec(section)?.[1] ?? '').pipeline
const { deploy } = workflow.jobs
const role = modelResource<{
  RoleName: string
  MaxSessionDuration: number
  AssumeRolePolicyDocument: object
}>(modelDeployment('dev', { ...readParameters('dev'), pipeline }), 'pipeline', 'Role')
const credentials = deploy.steps.find(({ uses }) => uses?.startsWith('aws-actions/'))

t.test('every action is pinned to a commit', async (t) => {
  const actions = deploy.steps.flatMap(({ uses }) => uses ?? [])
  t.equal(actions.length, 2)
  for (const action of actions) t.match(action, /^[\w-]+\/[\w-]+@[0-9a-f]{40}$/)
})

t.test('the job may request a token and nothing else', async (t) => {
  t.strictSame(workflow.permissions, { 'id-token': 'write', contents: 'read' })
})

t.test('the job assumes the role of the stack, for as long as it runs', async (t) => {
  t.match(credentials?.with?.['role-to-assume'], new RegExp(`:role/${role.RoleName}$`))
  const seconds = Number(credentials?.with?.['role-duration-seconds'])
  t.ok(seconds <= role.MaxSessionDuration, 'the session is no longer than the role allows')
  t.ok(seconds >= deploy['timeout-minutes'] * 60, 'the credentials last until the job times out')
})

t.test('the documented parameters trust the job', async (t) => {
  t.match(
    JSON.stringify(role.AssumeRolePolicyDocument),
    `repo:${pipeline.Repository}:environment:${deploy.environment}"`,
  )
})

t.test('the job runs a command that exists, without questions', async (t) => {
  const [, ...args] = (deploy.steps.at(-1)?.run ?? '').split(' -- ')
  t.strictSame(args, [`--env ${deploy.environment} --yes`])
  const program = await readFile(new URL('../../../scripts/deploy.ts', import.meta.url), 'utf8')
  for (const option of ['--env', '--yes']) t.match(program, `\n  ${option} `, option)
})
