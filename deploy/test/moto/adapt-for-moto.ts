import type { Stack } from '../../../scripts/deploy/read-stacks.ts'
import { evaluate, type Scope } from '../../model/evaluate.ts'
import type { Template } from '../../read-template.ts'

/** Types that moto claims to support but cannot create with the properties in our templates. */
export const halfSupported: Record<string, string> = {
  'AWS::EC2::Instance': 'moto does not read the image id from a launch template',
  'AWS::Lambda::EventSourceMapping':
    'moto supports only sources with an ARN, not a self-managed Kafka cluster',
}

/** Attributes that moto does not return, by type. */
export const missingAttributes: Record<string, string[]> = {
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ['LoadBalancerFullName'],
  'AWS::ElasticLoadBalancingV2::TargetGroup': ['TargetGroupFullName'],
}

/**
 * Removes the resources that moto cannot create and replaces references to them with plain names. Evaluates conditions and Fn::Cidr
 * beforehand, because moto evaluates them wrongly.
 */
export function adaptForMoto(stack: Stack, supported: Set<string>): Stack {
  const scope = describeScope(stack)
  const { Conditions: _decided, Resources, ...rest } = stack.template
  const present = Object.entries(Resources).filter(
    ([, { Condition }]) => Condition === undefined || scope.condition(Condition),
  )
  const missing = new Set(present.filter(([, { Type }]) => !supported.has(Type)).map(([id]) => id))
  const isMissingAttribute = (id: string, name: string) =>
    missing.has(id) || (missingAttributes[Resources[id]?.Type ?? ''] ?? []).includes(name)
  const rewrite = prepareRewrite(missing, isMissingAttribute, scope)
  const kept = present.filter(([id]) => !missing.has(id))
  const resources = kept.map(([id, { Condition: _true, ...resource }]) => [id, rewrite(resource)])
  const template = { ...rest, Resources: Object.fromEntries(resources) } as Template
  return { ...stack, template, body: JSON.stringify(template) }
}

function describeScope({ template, given }: Stack): Scope {
  const { Parameters, Conditions = {} } = template
  const scope: Scope = {
    ref: (name) => given[name] ?? Parameters[name]?.Default,
    attribute: (id, name) => `${id}.${name}`,
    condition: (name) => Boolean(evaluate(Conditions[name], scope)),
    mapping: () => undefined,
  }
  return scope
}

const nothing = Symbol('AWS::NoValue')

function prepareRewrite(
  missing: Set<string>,
  isMissingAttribute: (id: string, attribute: string) => boolean,
  scope: Scope,
) {
  function rewrite(node: unknown): unknown {
    if (Array.isArray(node)) return node.map(rewrite).filter((item) => item !== nothing)
    if (typeof node !== 'object' || node === null) return node
    const [[name = '', argument] = []] = Object.entries(node)
    return rewriteFunction(name, argument, node) ?? rewriteRecord(node as Record<string, unknown>)
  }

  function rewriteFunction(name: string, argument: unknown, node: unknown): unknown {
    if (name === 'Ref' && argument === 'AWS::NoValue') return nothing
    if (name === 'Ref' && missing.has(String(argument))) return argument
    if (name === 'Fn::GetAtt') return rewriteAttribute(argument as [string, string], node)
    if (name === 'Fn::Sub') return { 'Fn::Sub': rewriteSub(argument) }
    if (name === 'Fn::Cidr') return evaluate(node, scope)
    if (name === 'Fn::If') {
      const [condition, then, otherwise] = argument as [string, unknown, unknown]
      return rewrite(scope.condition(condition) ? then : otherwise)
    }
    return undefined
  }

  function rewriteRecord(record: Record<string, unknown>): unknown {
    const entries = Object.entries(record).map(([key, item]) => [
      key,
      key === 'DependsOn' ? [item].flat().filter((id) => !missing.has(String(id))) : rewrite(item),
    ])
    return Object.fromEntries(entries.filter(([, item]) => item !== nothing))
  }

  function rewriteAttribute([id = '', ...path]: string[], node: unknown): unknown {
    const name = path.join('.')
    return isMissingAttribute(id, name) ? `${id}.${name}` : node
  }

  /** Replaces references to missing resources with their names. */
  function rewriteSub(argument: unknown): unknown {
    if (Array.isArray(argument)) return [rewriteSub(argument[0]), rewrite(argument[1])]
    return String(argument).replace(/\$\{(\w+)\.?([\w.]*)\}/g, (whole, id: string, name: string) =>
      isMissingAttribute(id, name) ? whole.slice(2, -1) : whole,
    )
  }

  return rewrite
}
