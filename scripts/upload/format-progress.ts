import cliProgress, { type Options, type Params } from 'cli-progress'
import { formatBytes } from './format-bytes.ts'

/** `█████░░░  12/250 files  33.1 MB sent  4 sending` */
export function formatTotalLine(
  options: Options,
  { progress, value, total }: Params,
  { sentBytes, sending }: { sentBytes: number; sending: number },
): string {
  const files = `${String(value).padStart(String(total).length)}/${total} files`
  const doing = sending > 0 ? `${sending} sending` : sentBytes > 0 ? 'waiting for the processing' : ''
  return ` ${bar(options, progress)} ${files}  ${formatBytes(sentBytes)} sent  ${doing}`
}

/** `█████░░░  45%   5.7 MB  harbour.jpg`, or nothing while no file has the line. */
export function formatFileLine(
  options: Options,
  { progress, total }: Params,
  { name }: { name: string },
): string {
  if (!name) return ''
  const percent = `${Math.floor(progress * 100)}%`.padStart(4)
  return ` ${bar(options, progress)} ${percent} ${formatBytes(total).padStart(9)}  ${name}`
}

function bar(options: Options, progress: number): string {
  return cliProgress.Format.BarFormat(progress, options)
}
