/** The work of one tool: render all photos, `inFlight` at a time, to the files that `outputFile` names. */
export interface RenderTask {
  photos: string[]
  inFlight: number
  directory: string
}

/** The cost of a task. */
export interface RenderSample {
  seconds: number
  cpuSeconds: number
  peakMegabytes: number
  outputBytes: number
}

export type Render = (task: RenderTask) => Promise<RenderSample>
