import { join } from 'node:path'

/** The directories and files of `npm run services`. */
export interface ServicesLayout {
  root: string
  /** Jars and programs. Kept after `down`. */
  downloads: string
  /** One log per service. Kept after `down` until the next `up`. */
  logs: string
  /** Settings for tests and `npm start -- --services`. */
  envFile: string
  /** Everything that `down` deletes: data, certificates, passwords, process records. */
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
