/** Reads what `npm run upload -- --json` printed for files that were all there: nothing may have been uploaded. */
import { strictEqual } from 'node:assert'
import { createInterface } from 'node:readline'

let files = 0
for await (const line of createInterface({ input: process.stdin })) {
  const { file, result, status, uploadedBytes } = JSON.parse(line)
  strictEqual(result, 'duplicate', file)
  strictEqual(status, 'ready', file)
  strictEqual(uploadedBytes, 0, file)
  files += 1
}
strictEqual(files >= 4, true, `${files} photos`)
console.log(`${files} photos, all duplicates, 0 bytes uploaded`)
