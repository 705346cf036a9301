import { fileURLToPath } from 'node:url'

/** Paths of photographs that the repository contains. */
export const listPhotos = (...names: string[]) =>
  names.map((name) =>
    fileURLToPath(new URL(`../../../../../processor/test/photos/${name}.jpg`, import.meta.url)),
  )
