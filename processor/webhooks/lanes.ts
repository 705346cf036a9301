import type { DeliveryRef } from '../../core/webhooks/webhook-delivery.ts'

/** The state of the endpoint after a task: it works, it fails, or it is unknown because nothing was sent. */
export type LaneResult = 'works' | 'fails' | 'unknown'

export type LaneTask = () => Promise<LaneResult>

/** A reserved place for one task; use exactly one of the two functions. */
export interface Place {
  /** Runs the task when a slot is free. The task is dropped without running when its endpoint's circuit opens, or at `drain`. */
  run(task: LaneTask): void
  release(): void
}

export interface LaneLimits {
  /** Tasks of all endpoints that run at the same time. */
  total: number
  /** Tasks of one endpoint that run at the same time. */
  perEndpoint: number
  /** Tasks of one endpoint that wait for a slot. */
  queuedPerEndpoint: number
  /** Endpoints that fail share this many of the slots, so that many dead endpoints leave slots to the others. */
  probes: number
}

interface Task {
  key: string
  run: LaneTask
}

interface Lane {
  endpointId: string
  queue: Task[]
  reserved: number
  running: number
  failuresInRow: number
  /** Epoch milliseconds: while the circuit is open, the time of the next probe. */
  probeAt: number
}

/** After this many failures in a row an endpoint gets one probe at a time. */
const failuresToOpen = 10
const firstPauseMs = 1_000
const maxPauseMs = 60_000

export type Lanes = ReturnType<typeof createLanes>

/**
 * Shares the slots of this process among endpoints: each has a lane with a few slots and a short queue, and lanes take turns. An
 * endpoint that keeps failing loses its queue and all slots but one, which is used for a probe at growing intervals. The first
 * success restores its lane.
 * @param random 0 to 1
 */
export function createLanes(
  limits: LaneLimits,
  { now = Date.now, random = Math.random }: { now?: () => number; random?: () => number } = {},
) {
  const lanes = new Map<string, Lane>()
  /** Lanes with queued tasks, in the order of their next turn. */
  const waiting = new Set<Lane>()
  const inHand = new Set<string>()
  const idleListeners: (() => void)[] = []
  let running = 0
  let probing = 0

  /** Reserves a place for a try of a delivery. Undefined when its lane is full or the delivery is already running or waiting here. */
  function reserve(ref: DeliveryRef): Place | undefined {
    const { endpointId } = ref
    const key = keyOf(ref)
    const lane = lanes.get(endpointId) ?? newLane(endpointId)
    if (inHand.has(key) || !hasRoom(lane)) return undefined
    lanes.set(endpointId, lane)
    inHand.add(key)
    lane.reserved += 1
    return {
      run(task) {
        lane.reserved -= 1
        lane.queue.push({ key, run: task })
        waiting.add(lane)
        startWaiting()
      },
      release() {
        lane.reserved -= 1
        leave(lane, key)
      },
    }
  }

  function hasRoom(lane: Lane): boolean {
    const { running, reserved, queue } = lane
    if (isOpen(lane)) return running + reserved + queue.length === 0 && now() >= lane.probeAt
    return running + reserved + queue.length < limits.perEndpoint + limits.queuedPerEndpoint
  }

  function startWaiting(): void {
    // A lane that has more tasks goes to the end of the set, and this loop reaches it again.
    for (const lane of waiting) {
      if (running >= limits.total) return
      if (!canStart(lane)) continue
      waiting.delete(lane)
      const task = lane.queue.shift()
      if (lane.queue.length > 0) waiting.add(lane)
      if (task) void start(lane, task)
    }
  }

  function canStart(lane: Lane): boolean {
    return isOpen(lane) ? lane.running === 0 && probing < limits.probes : lane.running < limits.perEndpoint
  }

  async function start(lane: Lane, { key, run }: Task): Promise<void> {
    const isProbe = isOpen(lane)
    lane.running += 1
    running += 1
    if (isProbe) probing += 1
    const result = await run().catch((): LaneResult => 'unknown')
    lane.running -= 1
    running -= 1
    if (isProbe) probing -= 1
    note(lane, result, isProbe)
    leave(lane, key)
    startWaiting()
  }

  function note(lane: Lane, result: LaneResult, isProbe: boolean): void {
    if (result === 'works') lane.failuresInRow = 0
    // Tasks that were running when the circuit opened do not lengthen its pause.
    if (result !== 'fails' || (isOpen(lane) && !isProbe)) return
    lane.failuresInRow += 1
    if (!isOpen(lane)) return
    const pauseMs = Math.min(firstPauseMs * 2 ** (lane.failuresInRow - failuresToOpen), maxPauseMs)
    lane.probeAt = now() + (pauseMs * (1 + random())) / 2
    dropQueue(lane)
  }

  function dropQueue(lane: Lane): void {
    for (const { key } of lane.queue.splice(0)) inHand.delete(key)
    waiting.delete(lane)
  }

  function leave(lane: Lane, key: string): void {
    inHand.delete(key)
    const { running: ofLane, reserved, queue, failuresInRow } = lane
    if (ofLane + reserved + queue.length + failuresInRow === 0) lanes.delete(lane.endpointId)
    if (running === 0 && waiting.size === 0) for (const listener of idleListeners.splice(0)) listener()
  }

  /** Resolves when no task runs or waits. */
  async function idle(): Promise<void> {
    if (running > 0 || waiting.size > 0) await new Promise<void>((resolve) => idleListeners.push(resolve))
  }

  /** Drops the tasks that wait and resolves when those that run have ended. */
  async function drain(): Promise<void> {
    for (const lane of lanes.values()) dropQueue(lane)
    await idle()
  }

  return {
    reserve,
    /** Whether a try of the delivery runs or waits here. */
    isInHand: (ref: DeliveryRef) => inHand.has(keyOf(ref)),
    /** Whether the endpoint keeps failing and gets one probe at a time. */
    isFailing: (endpointId: string) => isOpen(lanes.get(endpointId) ?? newLane(endpointId)),
    idle,
    drain,
  }
}

const keyOf = ({ endpointId, eventId }: DeliveryRef): string => `${endpointId}#${eventId}`

function newLane(endpointId: string): Lane {
  return { endpointId, queue: [], reserved: 0, running: 0, failuresInRow: 0, probeAt: 0 }
}

const isOpen = ({ failuresInRow }: Lane): boolean => failuresInRow >= failuresToOpen
