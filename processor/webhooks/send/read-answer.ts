import type { IncomingMessage } from 'node:http'

/** Bytes that are read of a response. The connection is closed after that. */
const maxReadBytes = 64 * 1024

/** Bytes that are kept of a response. */
const maxKeptBytes = 1_000

/**
 * Reads the body of a response until it ends, breaks off or exceeds 64 KiB, and returns its first 1,000 bytes as text. Characters
 * that could change how a log or a page is displayed are replaced. A compressed response is not inflated.
 */
export async function readAnswer(response: IncomingMessage): Promise<string> {
  const kept: Buffer[] = []
  let keptBytes = 0
  let readBytes = 0
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      readBytes += chunk.length
      if (keptBytes < maxKeptBytes) kept.push(chunk.subarray(0, maxKeptBytes - keptBytes))
      keptBytes = Math.min(maxKeptBytes, keptBytes + chunk.length)
      if (readBytes >= maxReadBytes) break
    }
  } catch {
    // The status has decided the outcome already; a response that breaks off is kept as far as it came.
  }
  // With `stream`, a character that the cut divides is left out.
  return toSafeText(new TextDecoder().decode(Buffer.concat(kept), { stream: true }))
}

/** Replaces control characters, except for tabs and line breaks, and those that change the direction of text. */
function toSafeText(text: string): string {
  return text.replace(/[^\P{C}\t\n\r]/gu, '\uFFFD')
}
