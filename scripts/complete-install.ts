/**
 * Runs after `npm ci`. npm skips an optional package whose `engines` excludes the Node that runs npm, and the
 * embedded Kafka's platform packages ask for Node 24. On a machine with another Node, npm has just installed 24 into
 * `node_modules/.bin`; so npm runs once more, under that one, and adds only what it skipped.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const { npm_config_user_agent: agent = '', npm_execpath: npm } = process.env
const npmRanOn = /node\/(v\d+)/.exec(agent)?.[1]
const sameNode = npmRanOn === process.version.split('.')[0]
const developmentInstall = existsSync(new URL('../node_modules/kafka-crab-js', import.meta.url))

if (npm && !sameNode && developmentInstall) {
  const { status } = spawnSync(
    process.execPath,
    [npm, 'install', '--no-save', '--ignore-scripts', '--prefer-offline', '--loglevel=error'],
    { stdio: 'inherit' },
  )
  process.exitCode = status ?? 1
}
