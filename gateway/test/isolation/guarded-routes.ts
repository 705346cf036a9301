/** The declaration of an image in an upload request. */
export const declared = { byteLength: 5, contentType: 'image/png' } as const

export interface Route {
  scope: string
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** @param id of an image or of a webhook endpoint */
  url: (id: string) => string
  payload?: (id: string) => object
}

export const imageRoutes: Record<string, Route> = {
  createUpload: {
    scope: 'upload',
    method: 'POST',
    url: () => '/v1/uploads',
    payload: (sha256) => ({ sha256, ...declared }),
  },
  createUploadBatch: {
    scope: 'upload',
    method: 'POST',
    url: () => '/v1/uploads/batch',
    payload: (sha256) => ({ uploads: [{ sha256, ...declared }] }),
  },
  completeUpload: { scope: 'upload', method: 'POST', url: (id) => `/v1/images/${id}/complete` },
  getImage: { scope: 'read', method: 'GET', url: (id) => `/v1/images/${id}` },
  listImages: { scope: 'read', method: 'GET', url: () => '/v1/images' },
}

const scope = 'admin'
/** An event that is in the log of the endpoint. */
export const eventId = 'owner/image/20261122/image.processed'
const endpointUrl = (id: string) => `/v1/webhooks/${id}`

/** The calls that name a webhook endpoint. The last one deletes it. */
export const endpointRoutes: Record<string, Route> = {
  getWebhook: { scope, method: 'GET', url: endpointUrl },
  updateWebhook: { scope, method: 'PATCH', url: endpointUrl, payload: () => ({ description: 'x' }) },
  testWebhook: { scope, method: 'POST', url: (id) => `${endpointUrl(id)}/test` },
  rotateWebhookSecret: { scope, method: 'POST', url: (id) => `${endpointUrl(id)}/rotate-secret` },
  listWebhookDeliveries: { scope, method: 'GET', url: (id) => `${endpointUrl(id)}/deliveries` },
  redeliverWebhook: {
    scope,
    method: 'POST',
    url: (id) => `${endpointUrl(id)}/deliveries/${encodeURIComponent(eventId)}/redeliver`,
  },
  replayWebhook: {
    scope,
    method: 'POST',
    url: (id) => `${endpointUrl(id)}/replay`,
    payload: () => ({ since: '2026-11-22T10:00:00Z' }),
  },
  deleteWebhook: { scope, method: 'DELETE', url: endpointUrl },
}

/** Every call that needs a key; a test holds this list against the app's own. */
export const routes: Record<string, Route> = {
  ...imageRoutes,
  createWebhook: {
    scope,
    method: 'POST',
    url: () => '/v1/webhooks',
    payload: (id) => ({ url: `https://example.com/${id}`, events: ['image.processed'] }),
  },
  // Its response does not end, so it has a separate test.
  streamEvents: { scope: 'read', method: 'GET', url: (id) => `/v1/events?imageId=${id}` },
  listWebhooks: { scope, method: 'GET', url: () => '/v1/webhooks' },
  ...endpointRoutes,
}
