import { X509Certificate } from 'node:crypto'

/**
 * Certificates in one line, as a template can put them between the quotes of JSON: `\n` stands for each new line. What else is
 * in a PEM file, such as names before each certificate, is left out.
 * @param text PEM with real new lines, or already in one line
 * @throws Error for a text without certificates, or with a damaged one
 */
export function flattenCertificates(text: string): string {
  const lines = text.replaceAll('\\n', '\n').replaceAll('\r', '')
  const found = lines.match(/-----BEGIN CERTIFICATE-----\n[^-]+-----END CERTIFICATE-----/g) ?? []
  if (found.length === 0) throw new Error('CaCertificate has no certificate in PEM.')
  for (const pem of found) check(pem)
  return found.join('\n').replaceAll('\n', '\\n')
}

function check(pem: string): void {
  try {
    new X509Certificate(pem)
  } catch (error) {
    throw new Error(`CaCertificate has a certificate that cannot be read: ${(error as Error).message}`)
  }
}
