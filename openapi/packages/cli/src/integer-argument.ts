import { InvalidArgumentError } from 'commander'

/** Parses the value of an option. @throws InvalidArgumentError when it is not an integer of at least 1 */
export function integerArgument(text: string): number {
  const value = Number(text)
  if (text.trim() && Number.isInteger(value) && value >= 1) return value
  throw new InvalidArgumentError('It must be an integer of at least 1.')
}
