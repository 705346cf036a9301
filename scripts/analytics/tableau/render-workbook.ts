import { createHash } from 'node:crypto'
import { XMLParser } from 'fast-xml-parser'
import { type Dashboard, dashboards, type Pill, type Worksheet } from './worksheets.ts'

interface Column {
  name: string
  type: string
}

const source = 'federated.hashgate'

/**
 * The text of `hashgate.twb`: the data source of `hashgate.tds`, and worksheets and dashboards over it. Follows Tableau's schema of 2026.1;
 * `ManifestByVersion` replaces the list of features that the workbook uses.
 * @param dataSource the text of `hashgate.tds`
 * @throws Error when a worksheet uses a field that the data source does not have
 */
export function renderWorkbook(dataSource: string): string {
  const [, inner = ''] = /<datasource [^>]*>([\s\S]*)<\/datasource>/.exec(dataSource) ?? []
  const columns = readColumns(dataSource)
  const worksheets = dashboards.flatMap(({ worksheets }) => worksheets)
  return `<?xml version='1.0' encoding='utf-8' ?>
<workbook original-version='26.1' source-build='0.0.0 (0000.0.0.0)' source-platform='linux' version='26.1' xmlns:user='http://www.tableausoftware.com/xml/user'>
  <document-format-change-manifest>
    <ManifestByVersion />
  </document-format-change-manifest>
  <datasources>
    <datasource caption='hashgate' inline='true' name='${source}' version='26.1'>${inner.replaceAll('\n', '\n    ')}</datasource>
  </datasources>
  <worksheets>
${worksheets.map((worksheet) => renderWorksheet(worksheet, columns)).join('')}  </worksheets>
  <dashboards>
${dashboards.map(renderDashboard).join('')}  </dashboards>
  <windows>
${dashboards.map(renderDashboardWindow).join('')}${worksheets.map(renderWorksheetWindow).join('')}  </windows>
  <explain-data enabled-for-viewer='false' extreme-values-enabled-for-all='false'>
    <explanation-types />
  </explain-data>
</workbook>
`
}

function readColumns(dataSource: string): Map<string, Column> {
  const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '' })
  const { column } = parser.parse(dataSource).datasource as { column: Column[] }
  return new Map(column.map((item) => [item.name.slice(1, -1), item]))
}

function renderWorksheet(worksheet: Worksheet, columns: Map<string, Column>): string {
  const { name, mark, cols, rows, color, filter } = worksheet
  const filtered: Pill | undefined = filter && { field: filter.field, derivation: 'None' }
  const pills = [cols, rows, color, filtered].filter((pill) => pill !== undefined)
  const unique = [...new Map(pills.map((pill) => [instanceName(pill, columns), pill]))]
  const instances = unique.map(
    ([instance, { field, derivation }]) =>
      `            <column-instance column='[${field}]' derivation='${derivation}' name='${instance}' pivot='key' type='${instanceType(instance)}' />\n`,
  )
  const reference = (pill: Pill) => `[${source}].${instanceName(pill, columns)}`
  return `    <worksheet name='${name}'>
      <table>
        <view>
          <datasources>
            <datasource caption='hashgate' name='${source}' />
          </datasources>
          <datasource-dependencies datasource='${source}'>
${instances.join('')}          </datasource-dependencies>
${filter && filtered ? renderFilter(reference(filtered), instanceName(filtered, columns), filter.value) : ''}          <aggregation value='true' />
        </view>
        <style />
        <panes>
          <pane selection-relaxation-option='selection-relaxation-allow'>
            <view>
              <breakdown value='auto' />
            </view>
            <mark class='${mark}' />
${color ? `            <encodings>\n              <color column='${reference(color)}' />\n            </encodings>\n` : ''}          </pane>
        </panes>
        <rows>${reference(rows)}</rows>
        <cols>${reference(cols)}</cols>
      </table>
      <simple-id uuid='${createUuid(`worksheet ${name}`)}' />
    </worksheet>
`
}

function renderFilter(reference: string, level: string, value: string): string {
  return `          <filter class='categorical' column='${reference}'>
            <groupfilter function='member' level='${level}' member='&quot;${value}&quot;' user:ui-domain='database' user:ui-enumeration='inclusive' user:ui-marker='enumerate' />
          </filter>
          <slices>
            <column>${reference}</column>
          </slices>
`
}

const prefixes = {
  None: 'none',
  Sum: 'sum',
  Count: 'cnt',
  Median: 'med',
  'Day-Trunc': 'tdy',
  'Hour-Trunc': 'thr',
}

/** Tableau's name of a column instance, such as `[sum:byte_length:qk]`: derivation, field, and whether its values are discrete. */
function instanceName({ field, derivation }: Pill, columns: Map<string, Column>): string {
  const column = columns.get(field)
  if (!column) throw new Error(`hashgate.tds has no field ${field}.`)
  const isDiscrete = derivation === 'None' && column.type !== 'quantitative'
  return `[${prefixes[derivation]}:${field}:${isDiscrete ? 'nk' : 'qk'}]`
}

const instanceType = (instance: string) => (instance.endsWith(':nk]') ? 'nominal' : 'quantitative')

function renderDashboard({ name, worksheets }: Dashboard): string {
  const [first, ...others] = worksheets
  const width = Math.floor(100_000 / others.length)
  const zones = [
    { sheet: first, x: 0, y: 0, w: 100_000 },
    ...others.map((sheet, index) => ({ sheet, x: index * width, y: 50_000, w: width })),
  ]
  return `    <dashboard name='${name}'>
      <style />
      <size maxheight='900' maxwidth='1400' minheight='600' minwidth='1000' sizing-mode='range' />
      <zones>
        <zone h='100000' id='1' type-v2='layout-basic' w='100000' x='0' y='0'>
${zones.map(({ sheet, x, y, w }, index) => `          <zone h='50000' id='${index + 2}' name='${sheet?.name}' w='${w}' x='${x}' y='${y}' />\n`).join('')}        </zone>
      </zones>
      <simple-id uuid='${createUuid(`dashboard ${name}`)}' />
    </dashboard>
`
}

function renderDashboardWindow({ name, worksheets }: Dashboard): string {
  return `    <window class='dashboard' name='${name}'>
      <viewpoints>
${worksheets.map((worksheet) => `        <viewpoint name='${worksheet.name}' />\n`).join('')}      </viewpoints>
      <active id='-1' />
      <simple-id uuid='${createUuid(`window ${name}`)}' />
    </window>
`
}

function renderWorksheetWindow({ name }: Worksheet): string {
  const strip = (card: string) => `          <strip size='2147483647'>
            <card type='${card}' />
          </strip>
`
  return `    <window class='worksheet' hidden='true' name='${name}'>
      <cards>
        <edge name='top'>
${strip('columns')}${strip('rows')}${strip('title')}        </edge>
      </cards>
      <simple-id uuid='${createUuid(`window ${name}`)}' />
    </window>
`
}

/** A stable id derived from the name, which keeps diffs of the file small. */
function createUuid(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex')
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ]
  return `{${parts.join('-').toUpperCase()}}`
}
