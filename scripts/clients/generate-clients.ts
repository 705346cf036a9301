import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findTool } from '../services/find-tool.ts'
import { installJars, type Jars } from '../services/install-jars.ts'
import { runTool } from '../services/run-tool.ts'
import { logFile } from '../services/services-layout.ts'
import { clientFolder, clientsCache, generatedFolder, repository } from './client-folders.ts'

const contract = join(repository, 'openapi/openapi.json')
/** The contract without the section `webhooks`. */
const callsOnly = join(clientsCache.root, 'calls-only.json')
const timeoutMs = 5 * 60_000

const generatorOptions = {
  name: 'openapi-generator',
  pom: join(import.meta.dirname, 'pom.xml'),
  mainArtifact: 'openapi-generator-cli',
}

/** Generates all client libraries from the committed contract, each into `generated/` of its folder. */
export async function generateClients(): Promise<void> {
  const generator = await installJars(clientsCache, generatorOptions)
  await writeCallsOnly()
  await generateTypescript()
  for (const language of ['python', 'go', 'java']) await generateWithJar(generator, language)
}

/**
 * OpenAPI Generator 7 generates client methods for webhooks, although a client does not send them, and those in Python are not valid
 * Python. The payloads stay in the contract as schemas.
 */
async function writeCallsOnly(): Promise<void> {
  const { webhooks: _, ...document } = JSON.parse(await readFile(contract, 'utf8'))
  await writeFile(callsOnly, JSON.stringify(document))
}

async function generateTypescript(): Promise<void> {
  const program = join(clientFolder('typescript'), 'node_modules/.bin/openapi-typescript')
  const output = join(generatedFolder('typescript'), 'hashgate.ts')
  const names = ['--root-types', '--root-types-no-schema-prefix']
  await generate('typescript', program, [contract, ...names, '--output', output])
}

/** The generator's settings are in the language's `openapi-generator.yaml`. */
async function generateWithJar({ directory }: Jars, language: string): Promise<void> {
  const main = ['-cp', join(directory, '*'), 'org.openapitools.codegen.OpenAPIGenerator']
  const settings = ['--config', join(clientFolder(language), 'openapi-generator.yaml')]
  const files = ['--input-spec', callsOnly, '--output', generatedFolder(language)]
  await generate(language, findTool('java'), [...main, 'generate', ...settings, ...files])
}

async function generate(language: string, program: string, args: string[]): Promise<void> {
  const output = generatedFolder(language)
  await rm(output, { recursive: true, force: true })
  await mkdir(output, { recursive: true })
  const log = logFile(clientsCache, `${language}-generator`)
  await runTool(program, args, { task: `Generating the client for ${language}`, log, timeoutMs })
  console.log(`${language.padEnd(10)} ${output.slice(repository.length + 1)}`)
}
