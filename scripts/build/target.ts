import type { LockedPackage } from './read-lockfile.ts'

export const architectures = ['arm64', 'x64'] as const
export type Architecture = (typeof architectures)[number]

/** The platform of Lambda and Amazon Linux. */
const os = 'linux'
const libc = 'glibc'

export const npmPlatformFlags = (cpu: Architecture): string[] => [
  `--os=${os}`,
  `--cpu=${cpu}`,
  `--libc=${libc}`,
]

export function runsOn(locked: LockedPackage, cpu: Architecture): boolean {
  return includes(locked.os, os) && includes(locked.cpu, cpu) && includes(locked.libc, libc)
}

const includes = (allowed: string[] | undefined, value: string) => allowed?.includes(value) ?? true
