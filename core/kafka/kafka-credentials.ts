import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { parseJson } from '../parse-json.ts'

const Login = Type.Object({
  username: Type.String({ minLength: 1 }),
  password: Type.String({ minLength: 1 }),
})
const login = Compile(Login)

export type KafkaLogin = Static<typeof Login>

/** A source of the user name and password for Kafka. */
export interface KafkaCredentials {
  /** @throws Error when the source is unreachable or invalid; a later call can succeed */
  read(): Promise<KafkaLogin>
  /** Reports that the brokers refused this login. */
  refuse(login: KafkaLogin): void
}

/** Credentials that stay the same for the lifetime of the process. */
export function fixedCredentials(login: KafkaLogin): KafkaCredentials {
  return { read: async () => login, refuse: () => {} }
}

/** Limits reads of the secret while the brokers keep refusing its login. */
const minReadIntervalMs = 1_000

/**
 * Credentials from an AWS Secrets Manager secret `{"username","password"}`. They are cached until the brokers refuse them and then
 * read again, so a password can be rotated without a restart.
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
    reading ??= readAgain().catch((error) => {
      reading = undefined
      // The cached login may have been refused for another reason and still be valid.
      if (known) return known
      throw error
    })
    return reading
  }

  async function readAgain(): Promise<KafkaLogin> {
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
    throw new Error(`The Kafka credentials in the secret ${SecretId} cannot be read: ${cause.message}`, {
      cause,
    })
  })
  try {
    return login.Parse(parseJson(SecretString))
  } catch {
    // The cause is left out because it contains the secret.
    throw new Error(`The secret ${SecretId} is not {"username": "…", "password": "…"} in JSON.`)
  }
}
