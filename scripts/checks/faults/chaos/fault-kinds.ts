/**
 * The faults of the chaos run. Only one fault at a time hits a target; faults of different targets overlap. `seconds` is the
 * shortest and the longest duration: how long the fault lasts before it is repaired.
 */
export const faultKinds = {
  'broker-stopped': { part: 'brokers', target: 'kafka', seconds: [3, 8] },
  'all-brokers-stopped': { part: 'brokers', target: 'kafka', seconds: [2, 5] },
  'broker-paused': { part: 'brokers', target: 'kafka', seconds: [5, 15] },
  's3-paused': { part: 'stores', target: 's3', seconds: [3, 10] },
  'dynamodb-paused': { part: 'stores', target: 'dynamodb', seconds: [3, 10] },
  's3-failing': { part: 'stores', target: 's3 network', seconds: [5, 15] },
  'dynamodb-failing': { part: 'stores', target: 'dynamodb network', seconds: [5, 15] },
  'gateway-killed': { part: 'gateways', target: 'gateway', seconds: [0, 0] },
  'gateway-paused': { part: 'gateways', target: 'gateway', seconds: [2, 8] },
  'worker-killed': { part: 'workers', target: 'worker', seconds: [0, 0] },
  /** Longer than the lease, so that the other worker takes over and this one resumes without a lease. */
  'worker-paused': { part: 'workers', target: 'worker', seconds: [12, 20] },
  'broker-disk-full': { part: 'disk', target: 'kafka', seconds: [2, 5] },
  's3-disk-full': { part: 'disk', target: 's3', seconds: [2, 5] },
  'dynamodb-disk-full': { part: 'disk', target: 'dynamodb', seconds: [2, 5] },
  'gateway-clock': { part: 'clock', target: 'gateway clock', seconds: [5, 20] },
  'worker-clock': { part: 'clock', target: 'worker clock', seconds: [5, 20] },
  'gateway-cut': { part: 'network', target: 'gateway network', seconds: [1, 5] },
  's3-cut': { part: 'network', target: 's3 network', seconds: [1, 8] },
  's3-silent': { part: 'network', target: 's3 network', seconds: [3, 15] },
  's3-slow': { part: 'network', target: 's3 network', seconds: [5, 15] },
  'dynamodb-cut': { part: 'network', target: 'dynamodb network', seconds: [1, 8] },
  'dynamodb-silent': { part: 'network', target: 'dynamodb network', seconds: [3, 15] },
  'dynamodb-slow': { part: 'network', target: 'dynamodb network', seconds: [5, 15] },
} as const satisfies Record<string, { part: Part; target: string; seconds: readonly [number, number] }>

type Part = 'brokers' | 'stores' | 'gateways' | 'workers' | 'disk' | 'clock' | 'network'

export type FaultKind = keyof typeof faultKinds

export const kindNames = Object.keys(faultKinds) as FaultKind[]
