import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { environments, modelEnvironment } from '../model/model-environment.ts'
import { readStacks, readTemplate } from '../read-template.ts'
import { type Breach, runGuard } from './guard/run-guard.ts'

/** AWS Control Tower rules that hashgate does not follow, with the reason. */
const leftOut: Record<string, string> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'guard/left-out.json'), 'utf8'),
)
const templates = new Map(readStacks().map((entry) => [entry.stack, readTemplate(entry)]))

const suppressionOf = ({ stack, resource, rule }: Breach) =>
  templates.get(stack)?.Resources[resource]?.Metadata?.Suppressed?.[rule]

const breaches: Breach[] = []

for (const env of environments) {
  t.test(`${env}: cfn-guard's rules for encryption, public access, TLS, logging and retention`, async (t) => {
    const folder = t.testdir()
    const found = await runGuard(modelEnvironment(env), (name, text) => {
      const file = join(folder, name)
      writeFileSync(file, text)
      return file
    })
    breaches.push(...found)
    const unexcused = found.filter((breach) => !(breach.rule in leftOut) && !suppressionOf(breach))
    t.same(
      unexcused.map(({ stack, rule, resource, message }) => `${stack}.yaml, ${resource}: ${rule} ${message}`),
      [],
    )
  })
}

t.test('every excluded or suppressed rule is still needed', async (t) => {
  const broken = new Set(breaches.map(({ rule }) => rule))
  t.same(
    Object.keys(leftOut).filter((rule) => !broken.has(rule)),
    [],
  )
  for (const [stack, { Resources }] of templates) {
    for (const [resource, { Metadata }] of Object.entries(Resources)) {
      for (const [rule, reason] of Object.entries(Metadata?.Suppressed ?? {})) {
        t.match(reason, /^.{10,}\.$/, `${stack}.yaml, ${resource}: the reason for ${rule} is a sentence`)
        if (!/^[A-Z]+\./.test(rule)) continue
        const isBroken = breaches.some((breach) => breach.resource === resource && breach.rule === rule)
        t.ok(isBroken, `${stack}.yaml, ${resource}: ${rule} would break`)
      }
    }
  }
})

t.test('cfn-guard finds a fault in a broken template', async (t) => {
  const folder = t.testdir()
  const open = {
    stack: 'open',
    parameters: {},
    resources: {
      Bucket: {
        Type: 'AWS::S3::Bucket',
        Properties: { PublicAccessBlockConfiguration: { BlockPublicAcls: false } },
      },
      Logs: { Type: 'AWS::Logs::LogGroup', Properties: {} },
    },
  }
  const found = await runGuard([open], (name, text) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  })
  const rules = found.map(({ resource, rule }) => `${resource} ${rule}`)
  for (const rule of ['Bucket CT.S3.PR.1', 'Bucket CT.S3.PR.2', 'Bucket HG.S3.1', 'Logs HG.LOGS.1']) {
    t.ok(rules.includes(rule), rule)
  }
})
