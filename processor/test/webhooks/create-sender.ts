import type { Send, SendRequest, SendResult } from '../../webhooks/deliver.ts'

export const delivered: SendResult = { outcome: 'delivered', status: 204, latencyMs: 3 }
export const failed: SendResult = {
  outcome: 'failed',
  status: 500,
  latencyMs: 3,
  reason: 'The receiver answered 500.',
}

/** A sender that records its requests and returns the results in turn, repeating the last one. */
export function createSender(...results: SendResult[]) {
  const requests: SendRequest[] = []
  const send: Send = async (request) => {
    requests.push(request)
    return results[Math.min(requests.length, results.length) - 1] ?? delivered
  }
  return { requests, send }
}
