const seconds = { type: 'integer', minimum: 0 }

const requestId = {
  'X-Request-Id': { type: 'string', description: 'Name it when you ask for help.' },
}

const rateLimit = {
  'RateLimit-Limit': { type: 'integer', minimum: 0, description: 'Requests that one window lets through.' },
  'RateLimit-Remaining': { type: 'integer', minimum: 0, description: 'How many of them are left.' },
  'RateLimit-Reset': { ...seconds, description: 'Seconds until the next window.' },
}

const retryAfter = {
  'Retry-After': { ...seconds, description: 'Seconds to wait before trying again.' },
}

/** With what an answer comes, besides its body. */
export function answerHeaders({ key = true, retryLater = false }) {
  return { ...requestId, ...(key && rateLimit), ...(retryLater && retryAfter) }
}
