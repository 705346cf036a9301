import type { Metric } from './lambda-metrics.ts'

type Line = (string | object)[]

interface Widget {
  type: string
  x: number
  y: number
  width: number
  height: number
  properties: { title: string; alarms?: string[]; metrics?: Line[] }
}

export const readWidgets = (body: string): Widget[] => JSON.parse(body).widgets

/** An expression over the metrics of its widget. */
const isExpression = ([first]: Line): boolean => typeof first === 'object'

/** The metrics of a widget. `.` repeats the value above it, `...` all remaining values of the line above. */
export function metricsOf({ properties }: Widget): Metric[] {
  let above: string[] = []
  const lines = (properties.metrics ?? []).filter((line) => !isExpression(line))
  return lines.map((line) => {
    const words = line.filter((word) => typeof word === 'string')
    const whole =
      words[0] === '...' ? [...above.slice(0, above.length - words.length + 1), ...words.slice(1)] : words
    above = whole.map((word, index) => (word === '.' ? (above[index] ?? '') : word))
    const [namespace = '', name = '', ...rest] = above
    const dimensions: Record<string, string> = {}
    for (let at = 0; at < rest.length; at += 2) dimensions[rest[at] ?? ''] = rest[at + 1] ?? ''
    return { namespace, name, dimensions }
  })
}
