import { join } from 'node:path'
import { bundle } from './bundle.ts'
import { collectLicenses } from './collect-licenses.ts'
import { shipPackage } from './ship-package.ts'
import type { Architecture } from './target.ts'
import { type WrittenZip, writeZip } from './write-zip.ts'

interface BuildOptions {
  /** Output folder. */
  out: string
  cpu: Architecture
}

interface Deployable {
  zip: string
  program: string
  /** A package that reads its own files at run time and therefore cannot be bundled. */
  shipped: string
}

export const deployables: Deployable[] = [
  // libvips is a shared library that differs by platform.
  { zip: 'processor.zip', program: 'processor/lambda.ts', shipped: 'sharp' },
  // The pages of Swagger UI are files.
  { zip: 'gateway.zip', program: 'gateway/server.ts', shipped: '@fastify/swagger-ui' },
]

const root = join(import.meta.dirname, '../..')

/** Builds one deployment package. The same sources and lockfile produce the same bytes. */
export async function buildZip(
  { zip, program, shipped }: Deployable,
  { out, cpu }: BuildOptions,
): Promise<WrittenZip> {
  const [bundled, copied] = await Promise.all([
    bundle({ root, program, external: [shipped] }),
    shipPackage(root, shipped, cpu),
  ])
  const licenses = await collectLicenses(root, bundled.packages)
  return writeZip(join(out, zip), {
    ...bundled.files,
    ...copied.files,
    'THIRD-PARTY-LICENSES.txt': licenses,
  })
}
