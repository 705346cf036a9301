import { join } from 'node:path'

/** Where `npm run services` keeps what. */
export interface ServicesLayout {
  root: string
  /** Jars and programs. Outlives `down`. */
  downloads: string
  /** One log per service. Outlives `down`, so that there is something to read after it, until the next `up`. */
  logs: string
  /** What tests and `npm start -- --services` read. */
  envFile: string
  /** Everything that belongs to one `up`, and goes with `down`: data, certificates, passwords, process records. */
  current: string
  stateFile: string
  processes: string
  tls: string
  data: string
}

export function servicesLayout(root = join(import.meta.dirname, '../../.cache/services')): ServicesLayout {
  const current = join(root, 'current')
  return {
    root,
    downloads: join(root, 'downloads'),
    logs: join(root, 'logs'),
    envFile: join(root, 'env'),
    current,
    stateFile: join(current, 'state.json'),
    processes: join(current, 'processes'),
    tls: join(current, 'tls'),
    data: join(current, 'data'),
  }
}

export const logFile = ({ logs }: ServicesLayout, name: string): string => join(logs, `${name}.log`)
