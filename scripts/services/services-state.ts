import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { choosePorts, type Ports } from './choose-ports.ts'
import type { ServicesLayout } from './services-layout.ts'

/** Ports and secrets, fixed from the first `up` until `down`, so that a restarted service keeps them. */
export interface ServicesState {
  ports: Ports
  s3EventUrl: string
  kafka: { clusterId: string; directoryIds: string[]; username: string; password: string }
  s3: { accessKeyId: string; secretAccessKey: string }
  redis: { password: string }
}

export interface StateOptions {
  /** Ports given by the user; the others are chosen. */
  ports?: Partial<Ports>
  s3EventUrl?: string | undefined
}

export async function readState({ stateFile }: ServicesLayout): Promise<ServicesState | undefined> {
  try {
    return JSON.parse(await readFile(stateFile, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** @throws Error when the options contradict those of an earlier `up` */
export async function readOrCreateState(
  layout: ServicesLayout,
  options: StateOptions,
): Promise<ServicesState> {
  const found = await readState(layout)
  if (found) {
    assertSame(found, options)
    return found
  }
  const state = await createState(options)
  await mkdir(layout.current, { recursive: true, mode: 0o700 })
  await writeFile(layout.stateFile, JSON.stringify(state, undefined, 2), { mode: 0o600 })
  return state
}

function assertSame(state: ServicesState, { ports = {}, s3EventUrl = state.s3EventUrl }: StateOptions): void {
  const moved = Object.entries(ports).some(([name, port]) => state.ports[name as keyof Ports] !== port)
  if (moved || s3EventUrl !== state.s3EventUrl) {
    throw new Error('Ports and the S3 event URL are fixed until "npm run services -- down": run that first.')
  }
}

async function createState(options: StateOptions): Promise<ServicesState> {
  const ports = await choosePorts(options.ports)
  return {
    ports,
    s3EventUrl: options.s3EventUrl ?? `http://127.0.0.1:${ports['s3-events']}/s3-events`,
    kafka: {
      clusterId: kafkaUuid(),
      directoryIds: [kafkaUuid(), kafkaUuid(), kafkaUuid()],
      username: 'hashgate',
      password: secret(),
    },
    // DynamoDB Local accepts only letters and digits in an access key id.
    s3: { accessKeyId: `local${randomBytes(8).toString('hex')}`, secretAccessKey: secret() },
    redis: { password: secret() },
  }
}

const secret = () => randomBytes(24).toString('base64url')

/** A UUID in Kafka's format. It starts with a letter, because a leading dash would be read as an option. */
const kafkaUuid = (): string => `A${randomBytes(16).toString('base64url').slice(1)}`
