import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { inheritedEnvironment } from '../config.ts'

/** The programs of each tool, of which the first one found is used, and its Debian package. */
const tools = {
  java: { programs: ['java'], what: 'Java 17 or newer', debian: 'openjdk-17-jre-headless' },
  maven: { programs: ['mvn'], what: 'Maven', debian: 'maven' },
  go: { programs: ['go'], what: 'Go 1.25 or newer', debian: 'golang-go' },
  make: { programs: ['make'], what: 'make', debian: 'make' },
  cmake: { programs: ['cmake3', 'cmake'], what: 'CMake', debian: 'cmake' },
  compiler: { programs: ['g++', 'c++'], what: 'a C++ compiler', debian: 'g++' },
  qemu: { programs: ['qemu-aarch64'], what: 'QEMU’s user emulation of arm64', debian: 'qemu-user' },
  python: { programs: ['python3'], what: 'Python 3.9 or newer', debian: 'python3-venv' },
  chromium: {
    programs: ['chromium', 'chromium-browser', 'google-chrome'],
    what: 'Chromium',
    debian: 'chromium',
  },
  openssl: { programs: ['openssl'], what: 'OpenSSL 3', debian: 'openssl' },
  redis: {
    programs: ['redis-server', 'valkey-server'],
    what: 'Redis or Valkey',
    debian: 'redis-server or valkey-server',
  },
} as const

export type ToolName = keyof typeof tools

/** @throws Error that names the missing program */
export function findTool(name: ToolName): string {
  const found = tools[name].programs.map(findInPath).find((path) => path !== undefined)
  if (!found) throw new Error(describeMissing(name))
  return found
}

/** @throws Error with one line for each missing program */
export function assertTools(services: { name: string; needs: ToolName[] }[]): void {
  const needed = new Set(services.flatMap(({ needs }) => needs))
  const missing = [...needed].filter((name) => !tools[name].programs.some(findInPath))
  const lines = missing.map((name) => {
    const users = services.filter(({ needs }) => needs.includes(name)).map((service) => service.name)
    return `${describeMissing(name)} Needed by ${users.join(', ')}.`
  })
  if (lines.length > 0) throw new Error(lines.join('\n'))
}

function describeMissing(name: ToolName): string {
  const { programs, what, debian } = tools[name]
  return `Missing: ${what} (${programs.join(' or ')}). Debian package: ${debian}.`
}

function findInPath(program: string): string | undefined {
  const directories = (inheritedEnvironment().PATH ?? '').split(delimiter).filter(Boolean)
  return directories.map((directory) => join(directory, program)).find(isExecutable)
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
