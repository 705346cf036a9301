import { readFile } from 'node:fs/promises'

/** An event as its sender sends it. @param name of a file in `events/` */
export async function readEvent<T>(name: string): Promise<T> {
  return JSON.parse(await readFile(new URL(`./events/${name}.json`, import.meta.url), 'utf8'))
}
