/** What one tool is to do: all photos, so many at a time, outputs into `directory` as `outputFile` says. */
export interface RenderTask {
  photos: string[]
  inFlight: number
  directory: string
}

/** What that took. */
export interface RenderSample {
  seconds: number
  cpuSeconds: number
  peakMegabytes: number
  outputBytes: number
}

export type Render = (task: RenderTask) => Promise<RenderSample>
