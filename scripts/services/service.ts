import type { ToolName } from './find-tool.ts'

/** One process that `up` starts. */
export interface Service {
  name: string
  /** For people and for the table of `status`. */
  address: string
  /** Programs of this machine that it cannot do without. What has been downloaded needs none to download it. */
  needs: ToolName[]
  /** Makes all that it needs before it starts; what is there from an earlier time is kept. */
  prepare: () => Promise<Launch>
  /** Resolves when it does its work. May hang: callers set the limit. */
  probe: () => Promise<void>
  /** How long it may take until it answers. */
  readyWithinMs: number
  /** How long it may take to end by itself when it is asked to. */
  endsWithinMs: number
}

export interface Launch {
  program: string
  args: string[]
  environment?: Record<string, string>
  version: string
  /** Called when the service is ready, or when it will never be. */
  afterStart?: () => Promise<void>
}
