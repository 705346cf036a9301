/**
 * Preloaded into a gateway or worker: moves its clock by the milliseconds in the file `‹CLOCK_DIRECTORY›/‹program›`, as soon as they
 * change. Timers are not affected, just as when a real machine's clock is set.
 */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { namedSettings } from '../../../config.ts'
import { clockFile } from './clock-file.ts'

const readEveryMs = 200

const { CLOCK_DIRECTORY = '' } = namedSettings(['CLOCK_DIRECTORY'])
const file = clockFile(CLOCK_DIRECTORY, basename(process.argv[1] ?? ''))
const RealDate = Date
const realNow = Date.now
let offsetMs = 0

function readOffset(): void {
  try {
    offsetMs = Number(readFileSync(file, 'utf8'))
  } catch {
    offsetMs = 0
  }
}

RealDate.now = () => realNow() + offsetMs
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [target.now()] : args, newTarget),
})
readOffset()
setInterval(readOffset, readEveryMs).unref()
