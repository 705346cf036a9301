export type Value = string | number | boolean | null | Value[] | { [name: string]: Value }

export type Row = Record<string, Value>

export interface Result {
  /** The columns in order, with DuckDB's or Redshift's names of their types. */
  columns: { name: string; type: string }[]
  /** Every numeric SQL type becomes a number. Dates and times are text, times in UTC. */
  rows: Row[]
}

/** An open warehouse: DuckDB over the local system, or Redshift. */
export interface Session {
  /** Runs one statement, written for Redshift. @throws Error with the reason, when the warehouse refuses it */
  query: (sql: string) => Promise<Result>
  close: () => Promise<void>
}
