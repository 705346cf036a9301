import { yamlParse } from 'yaml-cfn'

/** As much of a template as a deployment looks at. */
export interface Template {
  Parameters?: Record<string, { Type: string; Default?: string | number }>
  Resources: Record<string, { Type: string; DeletionPolicy?: string }>
}

export const parseTemplate = (body: string): Template => yamlParse(body) as Template

/** Whether a resource outlives its stack. */
export function isKept({ DeletionPolicy }: Template['Resources'][string]): boolean {
  return DeletionPolicy === 'Retain' || DeletionPolicy === 'RetainExceptOnCreate'
}
