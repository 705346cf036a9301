import {
  isDeployed,
  type Parameter,
  type ParameterValues,
  type Resource,
  readStacks,
  readTemplate,
  type Stack,
  type Template,
} from '../read-template.ts'
import { evaluate, type Scope } from './evaluate.ts'
import { account, attributeOf, refOf, region } from './name-resource.ts'

/** A resource as CloudFormation would create it, with every function evaluated. */
export type ModelResource = Omit<Resource, 'Properties'> & { Properties: Record<string, unknown> }

export interface ModelStack {
  stack: string
  parameters: Record<string, unknown>
  resources: Record<string, ModelResource>
}

/** The parameter values that the deploy command passes. */
const passed: Record<string, string> = {
  ProcessorArtefactKey: `processor/${'a'.repeat(64)}.zip`,
  GatewayArtefactKey: `gateway/${'b'.repeat(64)}.zip`,
  GatewayBootKey: `gateway/${'c'.repeat(64)}.sh`,
  ReportArtefactKey: `report/${'d'.repeat(64)}.zip`,
  KeeperRoleArn: `arn:aws:iam::${account}:role/deployer`,
}

const pseudo: Record<string, string> = {
  'AWS::AccountId': account,
  'AWS::Partition': 'aws',
  'AWS::Region': region,
  'AWS::URLSuffix': 'amazonaws.com',
}

/**
 * Evaluates every stack of an environment in deployment order, each with the values that earlier stacks publish. Needs no AWS account.
 * @throws Error that names the stack if it reads a value that no earlier stack publishes
 */
export function modelDeployment(env: string, values: ParameterValues): ModelStack[] {
  const published = new Map<string, unknown>()
  const deployed = readStacks().filter((entry) => isDeployed(entry, values))
  return deployed.map((entry) => {
    try {
      const model = modelStack(entry, env, { values: values[entry.stack] ?? {}, published })
      for (const [name, value] of publishedBy(model)) published.set(name, value)
      return model
    } catch (error) {
      throw new Error(`${entry.stack}: ${(error as Error).message}`)
    }
  })
}

interface Inputs {
  values: Record<string, string>
  published: Map<string, unknown>
}

function modelStack(entry: Stack, env: string, inputs: Inputs): ModelStack {
  const template = readTemplate(entry)
  const parameters = Object.fromEntries(
    Object.entries(template.Parameters).map(([name, parameter]) => [
      name,
      name === 'Env' ? env : chooseValue(name, parameter, env, inputs),
    ]),
  )
  const name = `hashgate-${env}-${entry.stack}`
  return { stack: entry.stack, parameters, resources: modelResources(template, parameters, name) }
}

function chooseValue(name: string, { Type, Default }: Parameter, env: string, inputs: Inputs): unknown {
  const given = inputs.values[name] ?? passed[name] ?? Default
  if (given === undefined) throw new Error(`the parameter ${name} has no value`)
  const value = Type.startsWith('AWS::SSM::Parameter::Value<') ? read(String(given), env, inputs) : given
  const isList = Type.includes('List')
  if (Type === 'Number') return Number(value)
  return isList && !Array.isArray(value) ? String(value).split(',') : value
}

function read(ssmName: string, env: string, { published }: Inputs): unknown {
  if (ssmName.startsWith('/aws/service/')) return `value-of-${ssmName.split('/').at(-1)}`
  const name = ssmName.replace(/^\/hashgate\/dev\//, `/hashgate/${env}/`)
  if (!published.has(name)) throw new Error(`no earlier stack publishes ${name}`)
  return published.get(name)
}

function modelResources(
  template: Template,
  parameters: Record<string, unknown>,
  stackName: string,
): Record<string, ModelResource> {
  const { Conditions = {}, Mappings = {}, Resources } = template
  const made = new Map<string, ModelResource>()
  const own = { ...pseudo, 'AWS::StackName': stackName, 'AWS::StackId': `stack/${stackName}` }
  const scope: Scope = {
    ref: (name) => parameters[name] ?? own[name as keyof typeof own] ?? refOf(name, make(name)),
    attribute: (id, name) => attributeOf(id, name, make(id)),
    condition: (name) => Boolean(evaluate(Conditions[name], scope)),
    mapping: (map, key, name) => Mappings[map]?.[key]?.[name],
  }

  function make(id: string): ModelResource {
    const known = made.get(id)
    if (known) return known
    const resource = Resources[id]
    if (!resource) throw new Error(`there is no ${id}`)
    const model = { ...resource, Properties: evaluate(resource.Properties ?? {}, scope) }
    made.set(id, model as ModelResource)
    return model as ModelResource
  }

  const present = Object.entries(Resources).filter(
    ([, { Condition }]) => Condition === undefined || scope.condition(Condition),
  )
  return Object.fromEntries(present.map(([id]) => [id, make(id)]))
}

/** Names and values of the parameters that a stack writes. */
export function publishedBy({ resources }: ModelStack): [string, unknown][] {
  return Object.values(resources)
    .filter(({ Type }) => Type === 'AWS::SSM::Parameter')
    .map(({ Properties }) => [String(Properties.Name), Properties.Value])
}
