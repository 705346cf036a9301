import { X509Certificate } from 'node:crypto'

/**
 * Joins PEM certificates into one line with `\n` for each newline, so that a template can embed them in a JSON string. Text
 * between the certificates is dropped.
 * @param text PEM with newlines, or already in one line
 * @throws Error if there is no certificate, or an invalid one
 */
export function flattenCertificates(text: string): string {
  const lines = text.replaceAll('\\n', '\n').replaceAll('\r', '')
  const found = lines.match(/-----BEGIN CERTIFICATE-----\n[^-]+-----END CERTIFICATE-----/g) ?? []
  if (found.length === 0) throw new Error('CaCertificate does not contain a PEM certificate.')
  for (const pem of found) check(pem)
  return found.join('\n').replaceAll('\n', '\\n')
}

function check(pem: string): void {
  try {
    new X509Certificate(pem)
  } catch (error) {
    throw new Error(`CaCertificate contains an invalid certificate: ${(error as Error).message}`)
  }
}
