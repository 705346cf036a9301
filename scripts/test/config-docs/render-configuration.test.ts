import { readFile } from 'node:fs/promises'
import t from 'tap'
import { gatewaySettings } from '../../../gateway/config.ts'
import { compactionSettings } from '../../../processor/compaction/config.ts'
import { processorSettings } from '../../../processor/config.ts'
import { topicsSettings } from '../../config.ts'
import { renderConfiguration } from '../../config-docs/render-configuration.ts'

const rendered = renderConfiguration()

t.test('docs/CONFIGURATION.md matches the schemas', async (t) => {
  const committed = await readFile(new URL('../../../docs/CONFIGURATION.md', import.meta.url), 'utf8')
  t.equal(committed, rendered, 'run "npm run config-docs" and commit the result')
})

t.test('every setting with a pattern has a description of valid values', async (t) => {
  for (const { properties } of [gatewaySettings, processorSettings, compactionSettings, topicsSettings]) {
    for (const [name, setting] of Object.entries(properties)) {
      const { pattern, mustBe } = setting as { pattern?: string; mustBe?: string }
      if (pattern) t.type(mustBe, 'string', name)
    }
  }
})

t.test('every setting has a row with a description', async (t) => {
  for (const { properties } of [gatewaySettings, processorSettings, compactionSettings]) {
    for (const [name, setting] of Object.entries(properties)) {
      const { description } = setting as { description?: string }
      t.match(description, /\.$/, `${name} has a description that ends with a period`)
      t.ok(rendered.includes(`| \`${name}\` |`), `${name} has a row`)
    }
  }
})
