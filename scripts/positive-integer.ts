/** Of an option on the command line. @throws Error for people */
export function positiveInteger(text: string, name: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value > 0) return value
  throw new Error(`${name} is a whole number from 1, not "${text}".`)
}
