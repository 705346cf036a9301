/** @throws Error when this cannot be the name of an environment */
export function checkEnvironmentName(env: string): void {
  if (/^[a-z][a-z0-9]{1,7}$/.test(env)) return
  throw new Error(`--env must be a name such as dev or prod, not "${env}".`)
}
