import { readViewContract, type ViewContract } from '../analytics/warehouse/read-view-contract.ts'

/** Renders `deploy/analytics/VIEWS.md` from `views.json`. */
export function renderViews(): string {
  const views = Object.entries(readViewContract())
  return `# The views

Written by \`npm run config-docs\` from [views.json](views.json). All views are in the schema \`analytics\`; times are in UTC.

| view | one row is | contents |
|---|---|---|
${views.map(([name, { row, meaning }]) => `| [\`${name}\`](#${name}) | ${row} | ${meaning} |`).join('\n')}

${views.map(([name, view]) => renderView(name, view)).join('\n\n')}
`
}

function renderView(name: string, { columns }: ViewContract): string {
  const rows = columns.map(
    ({ name: column, type, unit = '', meaning }) => `| \`${column}\` | ${type} | ${unit} | ${meaning} |`,
  )
  return `## ${name}\n\n| column | type | unit | meaning |\n|---|---|---|---|\n${rows.join('\n')}`
}
