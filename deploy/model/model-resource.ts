import type { ModelStack } from './model-deployment.ts'

/** A resource of the model, by its stack and logical id. @throws Error when there is none */
export function modelResource<T = Record<string, unknown>>(
  stacks: ModelStack[],
  stack: string,
  name: string,
): T {
  const resource = stacks.find((model) => model.stack === stack)?.resources[name]
  if (!resource) throw new Error(`the stack ${stack} has no ${name}`)
  return resource.Properties as T
}
