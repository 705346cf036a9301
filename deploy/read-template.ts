import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { yamlParse } from 'yaml-cfn'

/** One stack of the system, as in `stacks.json`, in the order of deployment. */
export interface Stack {
  stack: string
  template: string
  /** Deployed only in environments whose parameters have a section with its name. */
  optional?: boolean
  /** The optional stack that it is deployed together with. */
  with?: string
  /** SSM parameters that it publishes under `/hashgate/‹env›/‹stack›/`. */
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

/** A parsed CloudFormation template. Short forms of functions (`!Ref`) are replaced by the long ones (`{ Ref }`). */
export interface Template {
  Parameters: Record<string, Parameter>
  Rules?: Record<string, Rule>
  Mappings?: Record<string, Record<string, Record<string, unknown>>>
  Conditions?: Record<string, unknown>
  Resources: Record<string, Resource>
}

/** Parameter values by stack, from `parameters/‹env›.json`, which lists only those that differ from the defaults. */
export type ParameterValues = Record<string, Record<string, string>>

/** Whether the environment deploys the stack. @param given sections of its parameter file */
export const isDeployed = (
  { stack, optional, with: other }: Pick<Stack, 'stack' | 'optional' | 'with'>,
  given: ParameterValues,
): boolean => (other ? other in given : !optional || stack in given)

export const readStacks = (): Stack[] => readJson('stacks.json')

export const readParameters = (env: string): ParameterValues => readJson(`parameters/${env}.json`)

export const templatePath = ({ template }: Stack): string => join(import.meta.dirname, template)

/** @throws Error when it is not valid YAML */
export const readTemplate = (stack: Stack): Template => yamlParse(readFileSync(templatePath(stack), 'utf8'))

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(import.meta.dirname, path), 'utf8'))
}
