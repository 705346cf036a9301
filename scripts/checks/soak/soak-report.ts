export interface SoakReport {
  /** How many images ended in each way: `ready`, or a reason. */
  ends: Record<string, number>
  /** Of the process, at even distances. */
  residentBytes: number[]
}
