import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import { Stryker } from '@stryker-mutator/core'
import { countMutants, listSurvivors, type MutationReport } from './read-report.ts'

const directory = '.cache/mutation'

/** Runs Stryker over one folder. Writes the survivors to `.cache/mutation/` and returns a line with the score. */
export async function testPackage(name: string, testFiles: string[]): Promise<string> {
  // Child processes inherit the priority.
  setPriority(constants.priority.PRIORITY_LOW)
  const report = join(directory, `${name.replace('/', '-')}.json`)
  await mkdir(directory, { recursive: true })
  const stryker = new Stryker({
    // Settings are declarations, which the test of docs/CONFIGURATION.md covers.
    mutate: [`${name}/**/*.ts`, `!${name}/token-settings.ts`],
    testRunner: 'tap',
    tap: {
      testFiles,
      // `tap run` loads the module behind `t.mockImport`; without tap it is an argument.
      nodeArgs: [
        '--disable-warning=TimeoutNegativeWarning',
        '--import=@tapjs/mock/import',
        '-r',
        '{{hookFile}}',
        '{{testFile}}',
      ],
    },
    plugins: ['@stryker-mutator/tap-runner'],
    // TypeScript 7 has no API for Stryker's rewrite of tsconfig.json, and Node does not read that file.
    tsconfigFile: 'none.json',
    coverageAnalysis: 'perTest',
    // A mutant of code that runs when its module loads needs every test. These mutants are a tenth, but take nine tenths of the time.
    ignoreStatic: true,
    concurrency: 1,
    timeoutMS: 20_000,
    tempDirName: `${directory}/sandbox`,
    cleanTempDir: 'always',
    ignorePatterns: ['.data', '.cache', '.tap', 'dist', 'target', 'docs', 'openapi/generated-clients'],
    reporters: ['json', 'progress'],
    jsonReporter: { fileName: report },
    allowEmpty: false,
  })
  await stryker.runMutationTest()
  const results: MutationReport = JSON.parse(await readFile(report, 'utf8'))
  const survivors = join(directory, `${name.replace('/', '-')}-survivors.txt`)
  await writeFile(survivors, listSurvivors(results))
  const { detected, total } = countMutants(results)
  const percent = ((detected / total) * 100).toFixed(1)
  return `${name}: ${percent} % (${detected} of ${total} mutants detected); survivors in ${survivors}`
}
