import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findTool } from '../find-tool.ts'
import { installJars, toolsForJars } from '../install-jars.ts'
import type { Launch, Service } from '../service.ts'
import type { ServicesLayout } from '../services-layout.ts'
import type { ServicesState } from '../services-state.ts'
import { type BrokerId, brokerAddress, brokerIds, brokerProperties } from './broker-properties.ts'
import { createCertificates } from './create-certificates.ts'
import { formatStorage } from './format-storage.ts'
import { probeBroker } from './probe-broker.ts'

const jarsOptions = {
  name: 'kafka',
  pom: join(import.meta.dirname, 'pom.xml'),
  mainArtifact: 'kafka_2.13',
}

const jvm = ['-Xms256m', '-Xmx256m', '-XX:+UseSerialGC', '-Dorg.slf4j.simpleLogger.showDateTime=true']

/** Apache Kafka with three brokers, so that one can fail. */
export function describeBrokers(layout: ServicesLayout, state: ServicesState): Service[] {
  let shared: ReturnType<typeof prepareShared> | undefined

  async function prepareShared() {
    const [jars] = await Promise.all([installJars(layout, jarsOptions), createCertificates(layout)])
    return jars
  }

  async function prepare(id: BrokerId): Promise<Launch> {
    shared ??= prepareShared()
    const jars = await shared
    const propertiesFile = join(layout.current, `kafka-${id}.properties`)
    await writeFile(propertiesFile, brokerProperties(layout, state, id), { mode: 0o600 })
    await formatStorage(layout, state, { id, jars, propertiesFile })
    const args = [...jvm, '-cp', join(jars.directory, '*'), 'kafka.Kafka', propertiesFile]
    return { program: findTool('java'), args, version: jars.version }
  }

  return brokerIds.map((id) => ({
    name: `kafka-${id}`,
    address: brokerAddress(state, id),
    needs: [...toolsForJars(layout, jarsOptions), 'openssl'],
    prepare: () => prepare(id),
    probe: () => probeBroker(layout, state, id),
    readyWithinMs: 90_000,
    endsWithinMs: 30_000,
  }))
}
