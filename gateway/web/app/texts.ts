/** All texts of the page, in one place so that they can be reviewed and translated together. */

const number = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })

export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`
  return bytes < 1_000_000 ? `${number.format(bytes / 1_000)} kB` : `${number.format(bytes / 1_000_000)} MB`
}

export const formatTime = (time: string) =>
  new Date(time).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' })

/** @param day UTC, `YYYY-MM-DD` */
export const formatDay = (day: string) =>
  new Date(`${day}T12:00:00Z`).toLocaleDateString('en', { weekday: 'long', month: 'long', day: 'numeric' })

const photos = (count: number) => (count === 1 ? '1 photo' : `${count} photos`)

export const texts = {
  product: 'hashgate',
  slogan: 'Every image uploaded once.',
  apiDocs: 'API documentation',

  signIn: 'Sign in',
  signInHint:
    'Enter the API key or the token that the operator of this gateway gave you. It stays in this tab.',
  keyLabel: 'API key or token',
  signOut: 'Sign out',
  signingIn: 'Checking the key …',
  keyRefused:
    'This key is not accepted. Check that it is complete, and ask the operator for another one if it has expired.',
  keyCannotRead: 'This key cannot list images. Photos that you upload in this tab still appear here.',

  upload: 'Upload photos',
  uploadNote: 'JPEG, PNG, WebP, AVIF, GIF or TIFF. They are deleted after a few days.',
  hashing: 'Checking whether it is already there',
  alreadyThere: (count: number, bytes: number) =>
    `${photos(count)} already there: ${formatBytes(bytes)} saved.`,
  leaving: 'Uploads are still under way.',

  gallery: 'Your photos',
  statusLabel: 'Status',
  allStatuses: 'All',
  loading: 'Loading …',
  loadMore: 'Show more',
  noImages: 'No photos yet. The first one that you upload appears here.',
  noImagesOfStatus: 'No photos with this status.',
  listFailed: 'The photos could not be loaded.',
  tryAgain: 'Try again',

  status: { pending: 'Waiting', processing: 'Processing', ready: 'Ready', rejected: 'Rejected' },
  openImage: (name: string, status: string) => `${name}, ${status}`,
  unnamed: 'Photo',

  close: 'Close',
  imageId: 'Image id',
  size: 'Size',
  dimensions: 'Dimensions',
  pixels: (width: number, height: number) => `${width} × ${height} pixels`,
  camera: 'Camera',
  takenAt: 'Taken',
  requestedAt: 'Upload requested',
  finishedAt: 'Processed',
  deletedAt: 'Deleted',
  variants: 'Variants',
  copyUrl: (name: string) => `Copy the URL of ${name}`,
  copied: 'Copied',
  copy: 'Copy URL',
  open: 'Open',
  calls: 'Calls that this page made for it',
  callsHint: 'Set HASHGATE_KEY to your key to repeat them.',
} as const
