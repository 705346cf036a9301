import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'

const Login = Type.Object({
  username: Type.String({ minLength: 1 }),
  password: Type.String({ minLength: 1 }),
})
const login = Compile(Login)

export type KafkaLogin = Static<typeof Login>

/** Where the user name and the password for Kafka come from. */
export interface KafkaCredentials {
  /** @throws Error that says what is wrong with the source; a later call can succeed */
  read(): Promise<KafkaLogin>
  /** The brokers have refused this login. */
  refuse(login: KafkaLogin): void
}

/** Credentials that do not change while the process lives. */
export function fixedCredentials(login: KafkaLogin): KafkaCredentials {
  return { read: async () => login, refuse: () => {} }
}

/** A login that stays wrong is not asked for at every attempt to connect. */
const minReadIntervalMs = 1_000

/**
 * Credentials from AWS Secrets Manager, `{"username","password"}`. They are kept until the brokers refuse them, and then
 * read again: a password can be rotated without a restart.
 */
export function secretCredentials(
  client: SecretsManagerClient,
  secretId: string,
  now: () => number = performance.now.bind(performance),
): KafkaCredentials {
  let reading: Promise<KafkaLogin> | undefined
  let known: KafkaLogin | undefined
  let readAtMs = 0

  function read(): Promise<KafkaLogin> {
    reading ??= readAnew().catch((error) => {
      reading = undefined
      // It may have been refused for another reason, and still be right.
      if (known) return known
      throw error
    })
    return reading
  }

  async function readAnew(): Promise<KafkaLogin> {
    readAtMs = now()
    known = await readSecret(client, secretId)
    return known
  }

  function refuse(refused: KafkaLogin): void {
    if (refused === known && now() - readAtMs >= minReadIntervalMs) reading = undefined
  }

  return { read, refuse }
}

async function readSecret(client: SecretsManagerClient, SecretId: string): Promise<KafkaLogin> {
  const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId })).catch((cause) => {
    throw new Error(`Kafka's credentials cannot be read from the secret ${SecretId}: ${cause.message}`, {
      cause,
    })
  })
  try {
    return login.Parse(JSON.parse(SecretString))
  } catch {
    // Without the cause: it would show the secret.
    throw new Error(`The secret ${SecretId} is not {"username": "…", "password": "…"} in JSON.`)
  }
}
