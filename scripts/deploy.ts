/** `npm run deploy`: deploys the system to an AWS account, or destroys it. */
import { parseArgs } from 'node:util'
import {
  type Artefacts,
  artefactParameters,
  type BuiltZip,
  builtZips,
  readArtefact,
  readBootScript,
} from './deploy/artefacts.ts'
import { openDialogue } from './deploy/ask-person.ts'
import { buildArtefacts } from './deploy/build-artefacts.ts'
import { checkDeployment, formatFindings, isDeployable } from './deploy/check/check-deployment.ts'
import { connectAws } from './deploy/connect-aws.ts'
import { type Deployment, isYes } from './deploy/deployment.ts'
import { identifyCaller } from './deploy/identify-caller.ts'
import { chooseStacks, readStacks, type Stack } from './deploy/read-stacks.ts'
import { deployStacks } from './deploy/stacks/deploy-stacks.ts'
import { destroyStacks } from './deploy/stacks/destroy-stacks.ts'
import { planStacks } from './deploy/stacks/plan-stacks.ts'
import { verifyDeployment } from './deploy/verify-deployment.ts'
import { applySql } from './deploy/warehouse/apply-sql.ts'
import { runCommand } from './run-command.ts'

const usage = `Usage: npm run deploy -- --env NAME
       npm run deploy -- destroy --env NAME

Checks parameters, quotas and whatever else the deployment needs, shows the planned changes, asks for confirmation, deploys the
stacks of deploy/ in order, applies the warehouse's SQL and verifies the result. Region and credentials come from the usual AWS settings (AWS_REGION, AWS_PROFILE, …).

  --env NAME       environment; its parameters are in deploy/parameters/NAME.json
  --stack NAME     deploy only this stack; can be repeated
  --check          only check; the exit code is 1 if the deployment would fail
  --plan           only check and show the planned changes
  --yes            skip the confirmation; removals and replacements that the plan did not show still need one
  --revert-drift   also restore what was changed outside CloudFormation; the plan shows it
  --no-build       deploy the output of an earlier "npm run build"
  --no-verify      skip the verification
  --poll-seconds N polling interval for stacks, 5 by default

"destroy" asks for confirmation twice and keeps buckets, tables, keys, secrets and logs. The exit code is 0 only on success.`

const folder = new URL('../deploy/', import.meta.url)
const dist = new URL('../dist/', import.meta.url)

// CloudFormation continues an operation that has started.
process.once('SIGINT', () => {
  console.error(
    '\nInterrupted. AWS continues the operations that have started; run the same command again to continue.',
  )
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
      check: { type: 'boolean', default: false },
      plan: { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
      'revert-drift': { type: 'boolean', default: false },
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
      revertsDrift: values['revert-drift'],
      pollMs: Number(values['poll-seconds']) * 1_000,
    }
    // Includes optional stacks that the environment no longer has a section for.
    const toDelete = values.stack.length > 0 ? chosen : all
    if (verb === 'destroy') return (await destroyStacks(deployment, toDelete, all)) ? 0 : 1
    const isReady = await check(deployment, chosen, values)
    if (values.check) return isReady ? 0 : 1
    if (!isReady) throw new Error('Nothing was deployed. Fix what FAILS in the table above.')
    const artefacts = await prepareArtefacts(chosen, values)
    return (await deploy({ ...deployment, artefacts }, { chosen, all }, values)) ? 0 : 1
  } finally {
    dialogue.close()
    aws.close()
  }
}

/** Before the build and the plan, so that it can fail early. Prints everything with `--check`, otherwise what is not ok. */
async function check(deployment: Deployment, stacks: Stack[], values: Values): Promise<boolean> {
  const findings = await checkDeployment(deployment, stacks, { builds: values.build, dist })
  const shown = findings.filter(({ verdict }) => values.check || verdict !== 'ok')
  if (shown.length > 0) console.log(formatFindings(shown))
  return isDeployable(findings)
}

async function deploy(
  deployment: Deployment,
  { chosen: stacks, all }: { chosen: Stack[]; all: Stack[] },
  values: Values,
): Promise<boolean> {
  const plans = await planStacks(deployment, stacks)
  if (values.plan) return true
  if (!values.yes && !isYes(await deployment.ask('Deploy this? (yes/no)'))) {
    console.log('Nothing was deployed.')
    return false
  }
  await deployStacks(deployment, plans)
  const hasWarehouse = stacks.some(({ name }) => name === 'analytics')
  if (hasWarehouse) await applySql(deployment, new URL('analytics/', folder))
  const hasGateway = stacks.some(({ name }) => name === 'gateway')
  if (!hasGateway || !values.verify) return true
  const edge = all.find(({ name }) => name === 'edge')
  return verifyDeployment(deployment, { hasZone: Boolean(edge?.given.HostedZoneId) })
}

/** Builds only if one of the stacks needs what is built. */
async function prepareArtefacts(stacks: Stack[], { build }: Values): Promise<Artefacts> {
  const isNeeded = (name: keyof Artefacts) =>
    stacks.some(({ template }) => artefactParameters[name] in (template.Parameters ?? {}))
  if (build && builtZips.some(isNeeded)) await buildArtefacts()
  const read = (name: BuiltZip) =>
    isNeeded(name) ? readArtefact(name, new URL(`${name}.zip`, dist)) : undefined
  return {
    processor: await read('processor'),
    gateway: await read('gateway'),
    gatewayBoot: isNeeded('gatewayBoot')
      ? await readBootScript(new URL('boot/gateway.sh', folder))
      : undefined,
    report: await read('report'),
  }
}
