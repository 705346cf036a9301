import { createPrivateKey, type KeyObject } from 'node:crypto'
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { ConfigError } from '../../core/config/read-config.ts'

/** @throws ConfigError when the secret cannot be read or is not the private key that CloudFront requires */
export async function readCdnKey(client: SecretsManagerClient, SecretId: string): Promise<KeyObject> {
  const { SecretString = '' } = await client
    .send(new GetSecretValueCommand({ SecretId }))
    .catch((cause: Error) => {
      throw new ConfigError(
        `CDN_KEY_SECRET_ID: the secret ${SecretId} cannot be read: ${cause.name}: ${cause.message}`,
        { cause },
      )
    })
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
    // Without the cause, whose message could quote the secret.
    throw new ConfigError(
      'CDN_KEY_SECRET_ID: the secret is not a private key in PEM. Create one with "openssl genrsa 2048".',
    )
  }
}
