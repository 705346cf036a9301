import { readFile } from 'node:fs/promises'
import { yamlParse } from 'yaml-cfn'

export interface Resource {
  Type: string
  Condition?: string
  // biome-ignore lint/suspicious/noExplicitAny: as many shapes as there are kinds of resources
  Properties: any
}

export interface Template {
  Parameters: Record<string, { Type: string; Default?: string | number }>
  Resources: Record<string, Resource>
}

/** A template of `deploy/`, with intrinsic functions in their long form. */
export async function readTemplate(name: string): Promise<Template> {
  return yamlParse(await readFile(new URL(`../${name}`, import.meta.url), 'utf8'))
}

/** @throws Error when there is none of that name and type */
export function resourceOf(template: Template, name: string, type: string): Resource {
  const resource = template.Resources[name]
  if (resource?.Type !== type) throw new Error(`the template has no ${name} of type ${type}`)
  return resource
}
