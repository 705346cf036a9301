import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { yamlParse } from 'yaml-cfn'

/** One stack of the system, as in `stacks.json`, in the order of deployment. */
export interface Stack {
  stack: string
  template: string
  /** Deployed only where an environment's parameters have a section of its name. */
  optional?: boolean
  /** The optional stack that it is deployed together with. */
  with?: string
  /** Names that it publishes under `/hashgate/‹env›/‹stack›/`. */
  writes: string[]
}

export interface Parameter {
  Type: string
  Default?: string | number
  AllowedPattern?: string
  AllowedValues?: (string | number)[]
  MinValue?: number
  MaxValue?: number
  MaxLength?: number
}

/** Assertions about parameters, which hold whenever the condition does. */
export interface Rule {
  RuleCondition?: unknown
  Assertions: { Assert: unknown; AssertDescription?: string }[]
}

export interface Resource {
  Type: string
  Condition?: string
  DependsOn?: string | string[]
  DeletionPolicy?: string
  UpdateReplacePolicy?: string
  Metadata?: { Suppressed?: Record<string, string> }
  Properties?: Record<string, unknown>
}

/** A CloudFormation template as written; the short forms of functions (`!Ref`) are their long ones (`{ Ref }`). */
export interface Template {
  Parameters: Record<string, Parameter>
  Rules?: Record<string, Rule>
  Mappings?: Record<string, Record<string, Record<string, unknown>>>
  Conditions?: Record<string, unknown>
  Resources: Record<string, Resource>
}

/** Values of parameters by stack, as in `parameters/‹env›.json`: only those that differ from the defaults. */
export type ParameterValues = Record<string, Record<string, string>>

/** Whether the environment deploys the stack. @param given sections of its parameter file */
export const isDeployed = (
  { stack, optional, with: other }: Pick<Stack, 'stack' | 'optional' | 'with'>,
  given: ParameterValues,
): boolean => (other ? other in given : !optional || stack in given)

export const readStacks = (): Stack[] => readJson('stacks.json')

export const readParameters = (env: string): ParameterValues => readJson(`parameters/${env}.json`)

export const templatePath = ({ template }: Stack): string => join(import.meta.dirname, template)

/** @throws Error when it is no YAML */
export const readTemplate = (stack: Stack): Template => yamlParse(readFileSync(templatePath(stack), 'utf8'))

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(import.meta.dirname, path), 'utf8'))
}
