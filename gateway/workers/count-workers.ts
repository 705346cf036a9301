import { availableParallelism } from 'node:os'
import type { GatewayConfig } from '../config.ts'

/** The number of processes that serve requests: 1 without worker processes. `auto` is the number of cores that this process may use. */
export function countWorkers({ GATEWAY_WORKERS }: Pick<GatewayConfig, 'GATEWAY_WORKERS'>): number {
  return GATEWAY_WORKERS === 'auto' ? availableParallelism() : Number(GATEWAY_WORKERS)
}
