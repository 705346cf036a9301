/**
 * Runs after `npm ci` on the machine's own Node, and makes every npm script run on the pinned Node. Plain JavaScript,
 * because an older Node cannot run TypeScript. The reason is in docs/decisions/0001.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, symlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const pinnedMajor = '24'
const modules = fileURLToPath(new URL('../node_modules', import.meta.url))
const pinnedPackage = `node-${process.platform}-${process.arch}`
const pinnedNode = `${modules}/${pinnedPackage}/bin/node`
const isDevelopmentInstall = existsSync(`${modules}/tap`)

if (isDevelopmentInstall) {
  const node = existsSync(pinnedNode) ? pinnedNode : process.execPath
  addPackagesForPinnedNode(node)
  linkPinnedNode()
}

/** npm skips optional packages whose `engines` exclude the running Node, so npm runs again under the pinned Node. */
function addPackagesForPinnedNode(node) {
  const { npm_config_user_agent: agent = '', npm_execpath: npm } = process.env
  if (!npm || agent.includes(`node/v${pinnedMajor}.`)) return
  if (node === process.execPath && !process.version.startsWith(`v${pinnedMajor}.`)) {
    console.error(
      `hashgate needs Node ${pinnedMajor}, which the registry does not offer for this platform: install it and run npm again.`,
    )
    process.exit(1)
  }
  const { status } = spawnSync(
    node,
    [npm, 'install', '--no-save', '--ignore-scripts', '--prefer-offline', '--loglevel=error'],
    { stdio: 'inherit' },
  )
  if (status !== 0) process.exit(status ?? 1)
}

/** npm 10 removes the link to the pinned Node together with the packages of the other platforms. */
function linkPinnedNode() {
  const link = `${modules}/.bin/node`
  if (existsSync(pinnedNode) && !existsSync(link)) symlinkSync(`../${pinnedPackage}/bin/node`, link)
}
