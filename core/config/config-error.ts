/** Settings are missing or wrong. The message has a line for each, without its value: some of them are secrets. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}
