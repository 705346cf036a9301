/** `npm run deploy`: turns an AWS account into this system, or back. */
import { parseArgs } from 'node:util'
import { readArtefact } from './deploy/artefacts.ts'
import { openDialogue } from './deploy/ask-person.ts'
import { buildArtefacts } from './deploy/build-artefacts.ts'
import { connectAws } from './deploy/connect-aws.ts'
import { type Deployment, isYes } from './deploy/deployment.ts'
import { identifyCaller } from './deploy/identify-caller.ts'
import { chooseStacks, readStacks, type Stack } from './deploy/read-stacks.ts'
import { deployStacks } from './deploy/stacks/deploy-stacks.ts'
import { destroyStacks } from './deploy/stacks/destroy-stacks.ts'
import { refuseKept } from './deploy/stacks/find-kept.ts'
import { planStacks } from './deploy/stacks/plan-stacks.ts'
import { verifyDeployment } from './deploy/verify-deployment.ts'
import { applySql } from './deploy/warehouse/apply-sql.ts'
import { runCommand } from './run-command.ts'

const usage = `Usage: npm run deploy -- --env NAME
       npm run deploy -- destroy --env NAME

Shows what would change, asks, deploys the stacks of deploy/ in their order, applies the warehouse's SQL, and verifies the result.
Region and credentials are found as the AWS command line finds them.

  --env NAME       which environment: its values are in deploy/parameters/NAME.json
  --stack NAME     only this one; can be repeated
  --plan           only show what would change
  --yes            do not ask; what the plan did not show and would remove or replace something still stops it
  --no-build       deploy what "npm run build" made before
  --no-verify      do not verify at the end
  --poll-seconds N pause between two looks at a stack, 5 by default

"destroy" asks twice. Buckets, tables, keys, secrets and logs stay. The exit code is 0 only if all went well.`

const folder = new URL('../deploy/', import.meta.url)

// What was begun goes on without us: AWS does the work.
process.once('SIGINT', () => {
  console.error('\nInterrupted. What AWS has begun goes on; the same command takes it up again.')
  process.exit(130)
})

await runCommand(main)

function readArguments() {
  return parseArgs({
    allowPositionals: true,
    allowNegative: true,
    options: {
      env: { type: 'string' },
      stack: { type: 'string', multiple: true, default: [] },
      plan: { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
      build: { type: 'boolean', default: true },
      verify: { type: 'boolean', default: true },
      'poll-seconds': { type: 'string', default: '5' },
      help: { type: 'boolean', default: false },
    },
  })
}

type Values = ReturnType<typeof readArguments>['values']

async function main(): Promise<number> {
  const { values, positionals } = readArguments()
  const [verb = 'deploy', ...rest] = positionals
  if (values.help || !values.env || rest.length > 0 || !['deploy', 'destroy'].includes(verb)) {
    console.log(usage)
    return values.help ? 0 : 1
  }
  const all = await readStacks(folder, values.env)
  const chosen = chooseStacks(all, values.stack)
  const aws = connectAws()
  const dialogue = openDialogue()
  try {
    const caller = await identifyCaller(aws)
    console.log(`${values.env} in account ${caller.account}, ${caller.region}, as ${caller.principalArn}`)
    const deployment: Deployment = {
      env: values.env,
      aws,
      caller,
      artefacts: {},
      say: console.log,
      ask: dialogue.ask,
      pollMs: Number(values['poll-seconds']) * 1_000,
    }
    // Also what the environment does not want any more.
    const doomed = values.stack.length > 0 ? chosen : all
    if (verb === 'destroy') return (await destroyStacks(deployment, doomed, all)) ? 0 : 1
    return (await deploy({ ...deployment, artefacts: await makeArtefacts(chosen, values) }, chosen, values))
      ? 0
      : 1
  } finally {
    dialogue.close()
    aws.close()
  }
}

async function deploy(deployment: Deployment, stacks: Stack[], values: Values): Promise<boolean> {
  const plans = await planStacks(deployment, stacks)
  await refuseKept(
    deployment,
    plans.filter(({ isNew }) => isNew).map(({ stack }) => stack),
  )
  if (values.plan) return true
  if (!values.yes && !isYes(await deployment.ask('Deploy this? (yes/no)'))) {
    console.log('Nothing was deployed.')
    return false
  }
  await deployStacks(deployment, plans)
  const hasWarehouse = stacks.some(({ name }) => name === 'analytics')
  if (hasWarehouse) await applySql(deployment, new URL('analytics/', folder))
  const gateway = stacks.find(({ name }) => name === 'gateway')
  if (!gateway || !values.verify) return true
  return verifyDeployment(deployment, { hasZone: Boolean(gateway.given.HostedZoneId) })
}

/** Only what some stack takes is made. */
async function makeArtefacts(stacks: Stack[], { build }: Values): Promise<Deployment['artefacts']> {
  const takes = (parameter: string) => stacks.some(({ template }) => parameter in (template.Parameters ?? {}))
  const needed = { processor: takes('ProcessorArtefactKey'), gateway: takes('GatewayArtefactKey') }
  if (build && (needed.processor || needed.gateway)) await buildArtefacts()
  const read = (room: 'processor' | 'gateway') =>
    needed[room] ? readArtefact(room, new URL(`../dist/${room}.zip`, import.meta.url)) : undefined
  return { processor: await read('processor'), gateway: await read('gateway') }
}
