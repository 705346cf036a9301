import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { writeRequest } from '../ask-uploads.ts'
import { programAt, type Server } from '../compare-servers.ts'

const version = '6.2.2'
const express = '4.21.2'
const cache = fileURLToPath(new URL('../../../../.cache/', import.meta.url))

/** Uppy Companion's `/s3/params`, which signs one form upload. It is installed into `.cache/`; this project does not depend on it. */
export async function companion(): Promise<Server> {
  return {
    title: `Uppy Companion ${version}, /s3/params`,
    program: programAt('peers/companion-server.ts'),
    environment: { COMPANION_DIRECTORY: await installCompanion() },
    nextRequest: (host) => writeRequest(host, 'GET /s3/params?filename=harbour.jpg&type=image/jpeg'),
  }
}

/** @returns the directory of its `node_modules`. @throws Error when npm cannot install it */
async function installCompanion(): Promise<string> {
  const directory = `${cache}companion-${version}`
  if (existsSync(directory)) return directory
  const unfinished = `${directory}.unfinished`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { recursive: true })
  await writeFile(`${unfinished}/package.json`, '{ "private": true, "type": "module" }')
  const packages = [`@uppy/companion@${version}`, `express@${express}`]
  await promisify(execFile)(
    'npm',
    ['install', '--save-exact', '--ignore-scripts', '--no-audit', '--no-fund', ...packages],
    { cwd: unfinished },
  )
  await rename(unfinished, directory)
  return directory
}
