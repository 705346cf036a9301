import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { ModelStack } from '../../model/model-deployment.ts'

/** One rule that one resource breaks. */
export interface Breach {
  stack: string
  /** The rule's own name, such as `CT.S3.PR.2`. */
  rule: string
  resource: string
  message: string
}

const packageFolder = dirname(
  createRequire(import.meta.url).resolve('@cdklabs/cdk-validator-cfnguard/package.json'),
)
const systems: Record<string, string> = { linux: 'ubuntu', darwin: 'macos' }
const processors: Record<string, string> = { x64: 'x86_64', arm64: 'aarch64' }
const program = join(
  packageFolder,
  'bin',
  systems[process.platform] ?? process.platform,
  processors[process.arch] ?? process.arch,
  'cfn-guard',
)
const rules = [
  join(packageFolder, 'rules/control-tower/cfn-guard'),
  join(import.meta.dirname, 'hashgate.guard'),
]

interface Report {
  name: string
  not_compliant: unknown[]
}

/**
 * Runs cfn-guard with AWS Control Tower's rules and our own on evaluated templates. The rules support few forms of CloudFormation functions
 * and report a setting that comes from a parameter as missing.
 * @param write writes an evaluated template and returns its path
 * @throws Error with cfn-guard's message when it failed
 */
export async function runGuard(
  stacks: ModelStack[],
  write: (name: string, text: string) => string,
): Promise<Breach[]> {
  const files = stacks.map(({ stack, resources }) =>
    write(`${stack}.json`, JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', Resources: resources })),
  )
  const reports = await callGuard(files.flatMap((file) => ['--data', file]))
  if (reports.length !== stacks.length) throw new Error(`cfn-guard reports on ${reports.length} templates`)
  return reports.flatMap(({ name, not_compliant }) =>
    not_compliant.flatMap((finding) =>
      readFinding(name.replace(/^.*\/|\.json$/g, ''), JSON.stringify(finding)),
    ),
  )
}

function callGuard(data: string[]): Promise<Report[]> {
  const options = ['--structured', '--output-format', 'json', '--show-summary', 'none']
  const args = ['validate', ...rules.flatMap((path) => ['--rules', path]), ...data, ...options]
  return new Promise((resolve, reject) => {
    execFile(program, args, { maxBuffer: 64 * 1024 ** 2 }, (_, stdout, stderr) => {
      // The exit code does not tell broken rules from a failure, so only the output counts.
      try {
        resolve(JSON.parse(stdout))
      } catch {
        reject(new Error(`cfn-guard: ${stderr || stdout || 'no output'}`))
      }
    })
  })
}

function readFinding(stack: string, finding: string): Breach[] {
  const [, rule = 'unknown', message = finding.slice(0, 300)] =
    /\[([A-Z]+(?:\.[A-Z0-9-]+)+)\]: (.*?)\\n/.exec(finding) ?? []
  const resources = new Set([...finding.matchAll(/\/Resources\/([A-Za-z0-9]+)/g)].map(([, id]) => id ?? ''))
  return [...(resources.size > 0 ? resources : ['unknown'])].map((resource) => ({
    stack,
    rule,
    resource,
    message,
  }))
}
