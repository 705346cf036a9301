/**
 * `npm run test:packages [-- NAME…]`: builds the npm packages, inspects them, installs them into empty projects outside the repository, and
 * uploads a photo to a local system with them: in Node, in Chromium through Vite, and in Chromium without a bundler. Needs Chromium.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildPackage } from '../build/packages/build-package.ts'
import { packageBuilds } from '../build/packages/package-builds.ts'
import { withSystem } from '../local/with-system.ts'
import { runCommand } from '../run-command.ts'
import { checkExample, checkTypes } from './packages/check-types.ts'
import { findNodes } from './packages/find-nodes.ts'
import { inspectPackage } from './packages/inspect-package.ts'
import { createProject, packPackage } from './packages/install-packages.ts'
import { tryExamples } from './packages/try-examples.ts'
import { tryInBrowser } from './packages/try-in-browser.ts'
import { tryInNode } from './packages/try-in-node.ts'

/** Further packages that the examples of the React and Uppy packages need. */
const peers = [
  'react@19.3.1',
  'react-dom@19.3.1',
  '@types/react@19.3.3',
  '@uppy/core@6.3.1',
  '@uppy/dashboard@6.0.3',
  'vite@8.4.0',
]

await runCommand(main)

async function main(): Promise<number> {
  const { positionals } = parseArgs({ allowPositionals: true })
  const chosen = packageBuilds.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
  const scratch = await mkdtemp(join(tmpdir(), 'hashgate-packages-'))
  try {
    const tarballs: Record<string, string> = {}
    for (const build of chosen) {
      const folder = await buildPackage(build, join(scratch, 'built'))
      tarballs[build.name] = await packPackage(folder, scratch)
      console.log(
        `${build.name.padEnd(8)} ${await inspectPackage(build, folder, tarballs[build.name] ?? '')}`,
      )
    }
    const { client, react, uppy } = tarballs
    if (react && uppy && client) {
      const framework = await createProject(join(scratch, 'framework'), [client, react, uppy, ...peers])
      for (const name of ['react', 'uppy']) {
        await checkExample(framework, name)
        console.log(`${name.padEnd(8)} README example compiles, and Node imports the package`)
      }
      await withSystem(async (system) => {
        for (const line of await tryExamples(framework, system)) console.log(line)
      })
    }
    if (client) {
      const node = await createProject(join(scratch, 'node'), [client])
      const web = await createProject(join(scratch, 'web'), [client, 'vite@8.4.0'])
      await checkTypes(node)
      console.log('client   types: a consumer compiles, without the types of browsers too')
      await withSystem(async (system) => {
        for (const program of await findNodes())
          console.log(`client   ${await tryInNode(program, node, system)}`)
        for (const line of await tryInBrowser(web, system)) console.log(`client   ${line}`)
      })
    }
    console.log(`${chosen.length} packages passed`)
    return 0
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}
