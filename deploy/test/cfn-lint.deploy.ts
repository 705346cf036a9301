import { execFile } from 'node:child_process'
import t from 'tap'
import { readStacks, templatePath } from '../read-template.ts'

interface Finding {
  Filename: string
  Message: string
  Level: string
  Rule: { Id: string }
  Location: { Start: { LineNumber: number } }
}

/** @throws Error with cfn-lint's message when it printed no result */
function lint(...files: string[]): Promise<Finding[]> {
  return new Promise((resolve, reject) => {
    execFile(
      'cfn-lint',
      ['--format', 'json', '--', ...files],
      { maxBuffer: 16 * 1024 ** 2 },
      (_, stdout, stderr) => {
        // The exit code does not tell findings from a failure, so only the output counts.
        try {
          resolve(JSON.parse(stdout))
        } catch {
          reject(new Error(`cfn-lint: ${stderr || stdout || 'no output'}`))
        }
      },
    )
  })
}

t.test('cfn-lint reports no error and no warning', async (t) => {
  const found = await lint(...readStacks().map(templatePath))
  t.same(
    found.map(({ Filename, Location, Level, Rule, Message }) => {
      return `${Filename}:${Location.Start.LineNumber} ${Level} ${Rule.Id} ${Message}`
    }),
    [],
  )
})

t.test('cfn-lint finds a fault in a broken template', async (t) => {
  const folder = t.testdir({
    'template.yaml':
      'Parameters: { Unused: { Type: String } }\nResources: { A: { Type: AWS::SQS::Queue, Properties: { No: 1 } } }\n',
  })
  const found = await lint(`${folder}/template.yaml`)
  t.same(found.map(({ Rule }) => Rule.Id).toSorted(), ['E3002', 'W2001'])
})
