import { createPrivateKey, type KeyObject } from 'node:crypto'
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { ConfigError } from '../../core/config/read-config.ts'
import { parseJson } from '../../core/parse-json.ts'

/** The key pair that signs URLs for CloudFront. One secret contains both parts, so that a rotation never mixes those of two keys. */
export interface CdnKey {
  /** Id of the public key in CloudFront, such as `K2JCJMDEHXQW5F`. */
  keyPairId: string
  privateKey: KeyObject
}

/** @throws ConfigError when the secret cannot be read or does not contain an id and the private key that CloudFront requires */
export async function readCdnKey(client: SecretsManagerClient, SecretId: string): Promise<CdnKey> {
  const { SecretString = '' } = await client
    .send(new GetSecretValueCommand({ SecretId }))
    .catch((cause: Error) => {
      throw new ConfigError(
        `CDN_KEY_SECRET_ID: the secret ${SecretId} cannot be read: ${cause.name}: ${cause.message.replace(/\.?$/, '.')} Check its name and region, and that the gateway's role allows secretsmanager:GetSecretValue for it.`,
        { cause },
      )
    })
  const { keyPairId, privateKey } = parseSecret(SecretString)
  return { keyPairId, privateKey: parseKey(privateKey) }
}

function parseSecret(text: string): { keyPairId: string; privateKey: string } {
  const { keyPairId, privateKey } = parseObject(text)
  if (typeof keyPairId === 'string' && /^[A-Z0-9]+$/.test(keyPairId) && typeof privateKey === 'string') {
    return { keyPairId, privateKey }
  }
  throw new ConfigError(
    'CDN_KEY_SECRET_ID: the secret must be JSON such as {"keyPairId": "K2JCJMDEHXQW5F", "privateKey": "-----BEGIN PRIVATE KEY-----\\n…"}, with the id of the public key in CloudFront and the private key in PEM.',
  )
}

/** An empty object when the text is not a JSON object. The error of a parser could quote the secret. */
function parseObject(text: string): Record<string, unknown> {
  try {
    return Object(parseJson(text))
  } catch {
    return {}
  }
}

/** Source: AWS, "Specify signers that can create signed URLs and signed cookies" (Amazon CloudFront Developer Guide). */
function parseKey(pem: string): KeyObject {
  const key = parsePem(pem)
  if (key.asymmetricKeyType !== 'rsa' || key.asymmetricKeyDetails?.modulusLength !== 2_048)
    throw new ConfigError('CDN_KEY_SECRET_ID: the private key must be an RSA key of 2,048 bits.')
  return key
}

function parsePem(pem: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch {
    if (/^(-----BEGIN ENCRYPTED |Proc-Type: 4,ENCRYPTED)/m.test(pem)) {
      throw new ConfigError('CDN_KEY_SECRET_ID: the private key has a passphrase. Store it without one.')
    }
    // Without the cause, whose message could quote the secret.
    throw new ConfigError(
      'CDN_KEY_SECRET_ID: "privateKey" is not a private key in PEM. Create one with "openssl genrsa 2048".',
    )
  }
}
