import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { buildWebApp } from './build-web.ts'
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
  /** Entry points: the program, and the worker threads that it starts. */
  programs: string[]
  /** Packages that read their own files at run time and therefore cannot be bundled. */
  shipped: string[]
  /** Files that a program reads beside itself at run time, from the root of the repository. */
  besides?: string[]
  /** Whether the zip contains the web page, in `web/`. */
  hasWebApp?: boolean
}

export const deployables: Deployable[] = [
  {
    zip: 'processor.zip',
    programs: [
      'processor/lambda.ts',
      'processor/webhook-lambda.ts',
      'processor/compaction-lambda.ts',
      'scripts/canary/canary-lambda.ts',
      'processor/imaging/heic/heic-worker.ts',
    ],
    // libvips is a shared library that differs by platform. libheif is LGPL, so operators must be able to replace its files.
    shipped: ['sharp', 'libheif-js'],
  },
  // The pages of Swagger UI are files.
  {
    zip: 'gateway.zip',
    programs: ['gateway/server.ts'],
    shipped: ['@fastify/swagger-ui'],
    hasWebApp: true,
  },
  {
    zip: 'report.zip',
    programs: ['scripts/analytics/report/report-lambda.ts'],
    shipped: [],
    besides: ['scripts/analytics/report/page/report.css'],
  },
]

const root = join(import.meta.dirname, '../..')

/** Builds one deployment package. The same sources and lockfile produce the same bytes. */
export async function buildZip(
  { zip, programs, shipped, besides = [], hasWebApp = false }: Deployable,
  { out, cpu }: BuildOptions,
): Promise<WrittenZip> {
  const [bundled, ...copied] = await Promise.all([
    bundle({ root, programs, external: shipped }),
    ...shipped.map((name) => shipPackage(root, name, cpu)),
  ])
  const web = hasWebApp ? await buildWebApp() : { files: {}, packages: [] }
  const read = async (path: string) => [basename(path), await readFile(join(root, path))] as const
  const texts = await Promise.all(besides.map(read))
  const licenses = await collectLicenses(root, [...bundled.packages, ...web.packages])
  return writeZip(join(out, zip), {
    ...bundled.files,
    ...Object.assign({}, ...copied.map(({ files }) => files)),
    ...Object.fromEntries(texts),
    ...Object.fromEntries(Object.entries(web.files).map(([name, bytes]) => [`web/${name}`, bytes])),
    'THIRD-PARTY-LICENSES.txt': licenses,
  })
}
