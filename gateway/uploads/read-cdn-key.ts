import { createPrivateKey, type KeyObject } from 'node:crypto'
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { ConfigError } from '../../core/config/read-config.ts'

/** @throws ConfigError when the secret cannot be read or is not the private key that CloudFront requires */
export async function readCdnKey(client: SecretsManagerClient, SecretId: string): Promise<KeyObject> {
  const { SecretString } = await client
    .send(new GetSecretValueCommand({ SecretId }))
    .catch((cause: Error) => {
      throw new ConfigError(
        `CDN_KEY_SECRET_ID: the secret ${SecretId} cannot be read: ${cause.name}: ${cause.message.replace(/\.?$/, '.')} Check its name and region, and that the gateway's role allows secretsmanager:GetSecretValue for it.`,
        { cause },
      )
    })
  if (!SecretString) {
    throw new ConfigError(
      `CDN_KEY_SECRET_ID: the secret ${SecretId} contains no text. Store the private key with "--secret-string file://private.pem".`,
    )
  }
  return parseCdnKey(SecretString)
}

/** Source: AWS, "Specify signers that can create signed URLs and signed cookies" (Amazon CloudFront Developer Guide). */
function parseCdnKey(pem: string): KeyObject {
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
      'CDN_KEY_SECRET_ID: the secret is not a private key in PEM. Create one with "openssl genrsa 2048".',
    )
  }
}
