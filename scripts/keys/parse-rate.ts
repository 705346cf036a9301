/**
 * @param text such as `600/min`
 * @returns requests a minute
 * @throws Error for people
 */
export function parseRate(text: string): number {
  const [, count] = /^([1-9]\d{0,8})\/min$/.exec(text) ?? []
  if (!count) throw new Error(`--rate takes requests a minute, such as 600/min, not "${text}".`)
  return Number(count)
}
