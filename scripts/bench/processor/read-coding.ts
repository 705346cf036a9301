import { readFile } from 'node:fs/promises'
import { readHeader } from '../../../processor/imaging/read-header.ts'
import type { Coding } from './find-photographs.ts'

export async function readCoding(file: string): Promise<Coding> {
  const { isProgressive } = await readHeader(await readFile(file))
  return isProgressive ? 'progressive' : 'baseline'
}
