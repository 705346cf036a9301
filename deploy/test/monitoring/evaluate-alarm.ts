/** A metric that an alarm reads, or an expression over others. */
export interface AlarmMetric {
  Id: string
  Expression?: string
  MetricStat?: object
}

export interface EvaluatedAlarm {
  Metrics?: AlarmMetric[]
  MetricName?: string
  ComparisonOperator: string
  Threshold: number | string
  EvaluationPeriods: number
  DatapointsToAlarm?: number
  TreatMissingData: string
}

/** Values by metric, one per period, oldest first. `undefined` is a period without data. */
export type Series = Record<string, (number | undefined)[]>

/**
 * Evaluates an alarm as CloudWatch does at the end of the series.
 * Source: Amazon CloudWatch User Guide, "Using metric math" and "Alarm evaluation".
 * @param series by the id of a metric; an alarm on a single metric reads the only series
 */
export function isAlarming(alarm: EvaluatedAlarm, series: Series): boolean {
  const { EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods } = alarm
  const periods = Math.max(...Object.values(series).map(({ length }) => length))
  const values = Array.from({ length: periods }, (_, period) => evaluate(alarm, series, period))
  const breaching = values.slice(-EvaluationPeriods).filter((value) => isBreaching(alarm, value))
  return breaching.length >= DatapointsToAlarm
}

function evaluate({ Metrics }: EvaluatedAlarm, series: Series, period: number): number | undefined {
  const values = Object.entries(series).map(([id, points]) => [id, points[period]] as const)
  const expression = Metrics?.find(({ Expression }) => Expression)?.Expression
  if (!expression) return values[0]?.[1]
  const missing = Metrics?.find(({ Id, MetricStat }) => MetricStat && !(Id in series))
  if (missing) throw new Error(`no series for the metric ${missing.Id}`)
  const result = calculate(expression, Object.fromEntries(values))
  return Number.isNaN(result) ? undefined : result
}

/** Missing values are NaN, so a calculation with one has no result. */
function calculate(expression: string, values: Record<string, number | undefined>): number {
  const present = Object.values(values).filter((value) => value !== undefined)
  const functions = {
    FILL: (value: number, other: number) => (Number.isNaN(value) ? other : value),
    IF: (condition: boolean, yes: number, no: number) => (condition ? yes : no),
    METRICS: () => present,
    MIN: (numbers: number[]) => Math.min(...numbers),
    SUM: (numbers: number[]) =>
      numbers.length > 0 ? numbers.reduce((sum, number) => sum + number, 0) : Number.NaN,
  }
  const names = [...Object.keys(functions), ...Object.keys(values)]
  const given = [...Object.values(functions), ...Object.values(values).map((value) => value ?? Number.NaN)]
  return new Function(...names, `return ${expression}`)(...given)
}

function isBreaching(alarm: EvaluatedAlarm, value: number | undefined): boolean {
  if (value === undefined) return alarm.TreatMissingData === 'breaching'
  const threshold = Number(alarm.Threshold)
  if (alarm.ComparisonOperator === 'GreaterThanThreshold') return value > threshold
  if (alarm.ComparisonOperator === 'LessThanThreshold') return value < threshold
  throw new Error(`unknown operator ${alarm.ComparisonOperator}`)
}
