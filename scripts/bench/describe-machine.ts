import { availableParallelism, cpus, loadavg } from 'node:os'

/** One line about the machine, for the interpretation of the figures. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() || process.arch
  const load = loadavg()[0]?.toFixed(1)
  return `${availableParallelism()} CPUs (${model}), Node ${process.version}, load ${load} before the run`
}
