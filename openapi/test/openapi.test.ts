import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import t from 'tap'

interface Media {
  schema: object
  example?: unknown
  examples?: Record<string, { value: unknown }>
}
interface Operation {
  operationId: string
  description?: string
  tags: string[]
  security?: object[]
  parameters?: {
    name: string
    in: string
    example?: unknown
    required: boolean
    schema: { examples?: unknown[] }
  }[]
  requestBody?: { content: Record<string, Media> }
  responses: Record<string, { content?: Record<string, Media> }>
}

const file = fileURLToPath(new URL('../openapi.json', import.meta.url))
const document = JSON.parse(await readFile(file, 'utf8'))
const operations = Object.values<Record<string, Operation>>({
  ...document.paths,
  ...document.webhooks,
}).flatMap((path) => Object.values(path))
const base = 'https://hashgate.example/openapi.json'
const ajv = new Ajv2020({ strict: false, allErrors: true })
formats.default(ajv)
ajv.addSchema(document, base)

/** The validation errors of a value for a schema of the document, or an empty result. */
function faultsOf(schema: object, value: unknown): string {
  // A base URI, so that references resolve within the document.
  const validate = ajv.compile({
    allOf: [JSON.parse(JSON.stringify(schema).replaceAll('"#/', `"${base}#/`))],
  })
  return validate(value) ? '' : ajv.errorsText(validate.errors)
}

const examplesOf = ({ example, examples = {} }: Media): unknown[] =>
  [example, ...Object.values(examples).map(({ value }) => value)].filter((value) => value !== undefined)

t.test('Redocly reports nothing with its recommended rules', async (t) => {
  const redocly = fileURLToPath(new URL('../../node_modules/.bin/redocly', import.meta.url))
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }
  const options = ['lint', '--extends=recommended', '--format=json', file]
  const { stdout } = await promisify(execFile)(redocly, options, { env }).catch((failure) => failure)
  t.match(JSON.parse(stdout), { totals: { errors: 0, warnings: 0, ignored: 0 } }, stdout)
})

t.test('every schema has examples that match it', async (t) => {
  for (const [name, schema] of Object.entries<Media['schema']>(document.components.schemas)) {
    const { examples = [] } = schema as { examples?: unknown[] }
    t.ok(examples.length > 0, name)
    for (const example of examples) t.equal(faultsOf(schema, example), '', name)
  }
})

t.test('every operation has matching examples of its request and of each response', async (t) => {
  for (const { operationId, parameters = [], requestBody, responses } of operations) {
    for (const { name, example, schema, required } of parameters) {
      t.equal(
        example !== undefined,
        required,
        `${operationId} ${name}: only required parameters have examples`,
      )
      const shown = [example, ...(schema.examples ?? [])].filter((value) => value !== undefined)
      for (const value of shown) t.equal(faultsOf(schema, value), '', `${operationId} ${name}`)
    }
    const bodies = [requestBody, ...Object.values(responses)].filter((body) => body !== undefined)
    for (const media of bodies.flatMap(({ content = {} }) => Object.values(content))) {
      const examples = examplesOf(media)
      t.ok(examples.length > 0, operationId)
      for (const example of examples) t.equal(faultsOf(media.schema, example), '', operationId)
    }
  }
})

t.test('every problem has an example, and the codes of an operation match its statuses', async (t) => {
  for (const { operationId, responses } of operations) {
    for (const [status, { content = {} }] of Object.entries(responses)) {
      const { examples = {} } = content['application/problem+json'] ?? {}
      for (const [code, { value }] of Object.entries(examples)) {
        t.match(value, { code, status: Number(status) }, `${operationId} ${code}`)
      }
    }
  }
})

t.test('tags, servers and security schemes are described', async (t) => {
  const described: Record<string, string> = Object.fromEntries(
    document.tags.map(({ name, description }: Record<string, string>) => [name, description]),
  )
  for (const { operationId, tags } of operations) {
    t.ok(tags.length > 0 && tags.every((tag) => described[tag]), operationId)
  }
  for (const { description } of document.servers) t.ok(description)
  const { securitySchemes } = document.components
  for (const name of Object.keys(securitySchemes)) t.ok(securitySchemes[name].description, name)
  for (const { operationId, security = document.security } of operations) {
    for (const name of security.flatMap(Object.keys)) t.ok(securitySchemes[name], operationId)
  }
})

t.test('the document meets the expectations of linters, generators and importers', async (t) => {
  t.ok(document.info.contact)
  for (const { url } of document.servers) t.ok(URL.canParse(url), 'a server has an absolute address')
  for (const { operationId, description, security = [], parameters = [] } of operations) {
    t.ok(description, `${operationId} has a description`)
    t.strictSame(security.flatMap(Object.values).flat(), [], `${operationId}: only OAuth has scopes`)
    const places = parameters.map((parameter) => parameter.in)
    t.strictSame(places.indexOf('path'), places.includes('path') ? 0 : -1, `${operationId}: the id is first`)
  }
  t.notMatch(JSON.stringify(document), /<\w+>/, 'no text looks like HTML')
})
