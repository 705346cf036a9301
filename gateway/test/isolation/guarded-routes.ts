/** What an image is declared as. */
export const declared = { byteLength: 5, contentType: 'image/png' } as const

export interface Route {
  scope: string
  method: 'GET' | 'POST'
  url: (imageId: string) => string
  payload?: (imageId: string) => object
}

/** Every call that needs a key; a test holds this list against the app's own. */
export const routes: Record<string, Route> = {
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
}
