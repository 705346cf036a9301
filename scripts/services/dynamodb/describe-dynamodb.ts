import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { findTool } from '../find-tool.ts'
import { installJars, toolsForJars } from '../install-jars.ts'
import type { Launch, Service } from '../service.ts'
import type { ServicesLayout } from '../services-layout.ts'
import type { ServicesState } from '../services-state.ts'

const jarsOptions = {
  name: 'dynamodb',
  pom: join(import.meta.dirname, 'pom.xml'),
  mainArtifact: 'DynamoDBLocal',
}

/**
 * DynamoDB Local, on disk. It accepts every access key and cannot listen on 127.0.0.1 only, so do not run it on a
 * machine in an open network.
 */
export function describeDynamoDb(layout: ServicesLayout, state: ServicesState): Service {
  const port = state.ports.dynamodb
  const endpoint = `http://127.0.0.1:${port}`

  async function prepare(): Promise<Launch> {
    const { directory, version } = await installJars(layout, jarsOptions)
    const dataDirectory = join(layout.data, 'dynamodb')
    await mkdir(dataDirectory, { recursive: true, mode: 0o700 })
    const jvm = ['-Xmx256m', '-XX:+UseSerialGC', `-Dsqlite4java.library.path=${directory}`]
    const main = ['-cp', join(directory, '*'), 'software.amazon.dynamodb.services.local.main.ServerRunner']
    const options = ['-port', String(port), '-dbPath', dataDirectory, '-sharedDb', '-disableTelemetry']
    return { program: findTool('java'), args: [...jvm, ...main, ...options], version }
  }

  async function probe(): Promise<void> {
    const client = new DynamoDBClient({
      endpoint,
      region: 'us-east-1',
      credentials: state.s3,
      maxAttempts: 1,
    })
    await client.send(new ListTablesCommand({ Limit: 1 })).finally(() => client.destroy())
  }

  const needs = toolsForJars(layout, jarsOptions)
  return {
    name: 'dynamodb',
    address: endpoint,
    needs,
    prepare,
    probe,
    readyWithinMs: 60_000,
    endsWithinMs: 5_000,
  }
}
