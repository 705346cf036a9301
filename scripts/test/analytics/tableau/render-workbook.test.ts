import { readFile } from 'node:fs/promises'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import t from 'tap'
import { renderWorkbook } from '../../../analytics/tableau/render-workbook.ts'

const folder = new URL('../../../../deploy/tableau/', import.meta.url)
const dataSource = await readFile(new URL('hashgate.tds', folder), 'utf8')
const workbook = await readFile(new URL('hashgate.twb', folder), 'utf8')

t.test('the committed workbook is up to date', async (t) => {
  t.equal(workbook, renderWorkbook(dataSource), 'run "npm run tableau -- workbook" and commit the result')
})

t.test('every reference in the workbook has a target', async (t) => {
  t.equal(XMLValidator.validate(workbook), true)
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    isArray: (name, _path, _isLeaf, isAttribute) =>
      !isAttribute && ['column', 'column-instance', 'zone', 'window'].includes(name),
  })
  const { datasources, worksheets, dashboards, windows } = parser.parse(workbook).workbook
  const fields = datasources.datasource.column.map(({ name }: { name: string }) => name)
  const sheets: string[] = []
  for (const { name, table } of worksheets.worksheet) {
    sheets.push(name)
    const dependencies = table.view['datasource-dependencies']
    t.equal(dependencies.datasource, datasources.datasource.name, name)
    const instances = dependencies['column-instance'].map((instance: { name: string; column: string }) => {
      t.ok(fields.includes(instance.column), `${name}: ${instance.column}`)
      return `[${datasources.datasource.name}].${instance.name}`
    })
    const used = [table.rows, table.cols, table.panes.pane.encodings?.color.column, table.view.filter?.column]
    for (const reference of used.filter(Boolean)) t.ok(instances.includes(reference), `${name}: ${reference}`)
  }
  const shown = dashboards.dashboard.flatMap(
    ({ zones }: { zones: { zone: { zone: { name: string }[] }[] } }) =>
      zones.zone.flatMap(({ zone }) => zone.map(({ name }) => name)),
  )
  t.strictSame(shown.toSorted(), sheets.toSorted(), 'each worksheet is on one dashboard')
  const names = windows.window.map(({ name }: { name: string }) => name)
  t.strictSame(names.length, sheets.length + dashboards.dashboard.length)
  t.notMatch(workbook, /password=/i)
})

t.test('a worksheet with an unknown field is refused', async (t) => {
  t.throws(() => renderWorkbook(dataSource.replaceAll('[reason]', '[cause]')), {
    message: 'hashgate.tds has no field reason.',
  })
})
