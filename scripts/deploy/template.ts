import { yamlParse } from 'yaml-cfn'
import type { Resource, Template } from '../../deploy/read-template.ts'

/** @throws Error if it is not valid YAML */
export const parseTemplate = (body: string): Template => yamlParse(body) as Template

/** Whether a resource outlives its stack. */
export function isKept({ DeletionPolicy }: Resource): boolean {
  return DeletionPolicy === 'Retain' || DeletionPolicy === 'RetainExceptOnCreate'
}
