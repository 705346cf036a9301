import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { findTool, type ToolName } from './find-tool.ts'
import { runTool } from './run-tool.ts'
import { logFile, type ServicesLayout } from './services-layout.ts'

export interface Jars {
  directory: string
  version: string
}

interface JarsOptions {
  name: string
  pom: string
  /** The jar whose name contains the version: `kafka_2.13` of `kafka_2.13-4.4.0.jar`. */
  mainArtifact: string
}

const timeoutMs = 10 * 60_000

/** The tools needed: Java, and Maven until the jars have been downloaded. */
export function toolsForJars(layout: ServicesLayout, options: JarsOptions): ToolName[] {
  return existsSync(jarsDirectory(layout, options)) ? ['java'] : ['java', 'maven']
}

/** Downloads the jars of a pom unless they are cached. Each state of a pom has its own directory. */
export async function installJars(layout: ServicesLayout, options: JarsOptions): Promise<Jars> {
  const directory = jarsDirectory(layout, options)
  if (!existsSync(directory)) await fetchJars(layout, options, directory)
  return { directory, version: await readVersion(directory, options.mainArtifact) }
}

function jarsDirectory({ downloads }: ServicesLayout, { name, pom }: JarsOptions): string {
  const fingerprint = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 8)
  return join(downloads, `${name}-${fingerprint}`)
}

async function fetchJars(layout: ServicesLayout, { name, pom }: JarsOptions, directory: string) {
  console.log(`${name.padEnd(9)} downloading jars with Maven …`)
  const partial = `${directory}.partial`
  await rm(partial, { recursive: true, force: true })
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${partial}`]
  await runTool(findTool('maven'), ['-B', '-ntp', '-f', pom, ...goal], {
    task: `Downloading the jars of ${name}`,
    log: logFile(layout, `${name}-maven`),
    timeoutMs,
  })
  await rename(partial, directory)
}

async function readVersion(directory: string, artifact: string): Promise<string> {
  const jar = (await readdir(directory)).find((file) => file.startsWith(`${artifact}-`))
  return jar?.slice(artifact.length + 1, -'.jar'.length) ?? 'unknown'
}
