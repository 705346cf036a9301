/**
 * The versions that a client of this one can go on with: those of the same major version, and below 1.0 those of the same
 * minor version. Source: Semantic Versioning 2.0.0.
 */
export function versionLine(version: string): string {
  const [major, minor] = version.split('.')
  return major === '0' ? `0.${minor}` : String(major)
}
