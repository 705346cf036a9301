/** East Asian characters and emoji take two columns of a terminal, accents on top of a letter none. */
const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff01-\uff60\u3000-\u303f]/u
const flat = /\p{Mark}/u

/** A path that takes no more than so many columns of a terminal. Its end says more than its start. */
export function cutStart(path: string, columns: number): string {
  if (columnsOf(path) <= columns) return path
  const characters = [...path]
  let left = columns - 1
  let start = characters.length
  while (start > 0 && left - columnsOf(characters[start - 1] as string) >= 0) {
    start -= 1
    left -= columnsOf(characters[start] as string)
  }
  return `…${characters.slice(start).join('')}`
}

function columnsOf(text: string): number {
  let columns = 0
  for (const character of text) columns += wide.test(character) ? 2 : flat.test(character) ? 0 : 1
  return columns
}
