import type { ToolName } from './find-tool.ts'

/** A service that `up` starts as one process. */
export interface Service {
  name: string
  /** Displayed by `up` and `status`. */
  address: string
  /** Tools that must be installed on this machine. Download tools are not needed once the download is cached. */
  needs: ToolName[]
  /** Installs and configures the service, keeping what already exists. */
  prepare: () => Promise<Launch>
  /** Resolves if the service is healthy. It may hang, so callers set a time limit. */
  probe: () => Promise<void>
  /** Longest time until the service is healthy. */
  readyWithinMs: number
  /** Longest time to exit after SIGTERM. */
  endsWithinMs: number
}

export interface Launch {
  program: string
  args: string[]
  environment?: Record<string, string>
  version: string
  /** Called once the service is ready or has failed to start. */
  afterStart?: () => Promise<void>
}
