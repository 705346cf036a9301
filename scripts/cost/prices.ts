import prices from './prices.json' with { type: 'json' }

export interface CostRow {
  what: string
  /** How the amount is computed from quantities and prices. */
  arithmetic: string
  usd: number
}

export const { date: priceDate, region: priceRegion } = prices

export type PriceName = keyof typeof prices.usd

/** List prices in US dollars. Each name ends with the unit. */
export const priceOf = (name: PriceName): number => prices.usd[name].price

/** At most two decimals, without trailing zeros. */
export const round = (value: number): string => String(Number(value.toFixed(2)))

export const total = (rows: CostRow[]): number => rows.reduce((sum, { usd }) => sum + usd, 0)

/** Renders costs as the Markdown table in deploy/README.md. */
export function renderCosts(rows: CostRow[], sumOf: string): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`
  return [
    line(['what', 'arithmetic', '$']),
    '|---|---|---:|',
    ...rows.map(({ what, arithmetic, usd }) => line([what, arithmetic, usd.toFixed(2)])),
    `| | **${sumOf}** | **${total(rows).toFixed(0)}** |`,
  ].join('\n')
}
