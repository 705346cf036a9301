import { availableParallelism, cpus } from 'node:os'

/** One line that figures cannot be read without. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() || process.arch
  return `${availableParallelism()} CPUs (${model}), Node ${process.version}`
}
