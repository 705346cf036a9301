/** All texts of the page, in one place so that they can be reviewed and translated together. */

const number = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })

export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`
  return bytes < 1_000_000 ? `${number.format(bytes / 1_000)} kB` : `${number.format(bytes / 1_000_000)} MB`
}

export const formatTime = (time: string) =>
  new Date(time).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' })

/** @param day UTC, `YYYY-MM-DD` */
export const formatDay = (day: string, length: 'long' | 'short' = 'long') =>
  new Date(`${day}T12:00:00Z`).toLocaleDateString('en', { weekday: length, month: length, day: 'numeric' })

const seconds = new Intl.NumberFormat('en', {
  style: 'unit',
  unit: 'second',
  unitDisplay: 'long',
  maximumSignificantDigits: 2,
})

/** @param durationMs of the processing of one image, so seconds are enough */
export const formatDuration = (durationMs: number) => seconds.format(Math.max(durationMs, 0) / 1_000)

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

/** @param time of the next days, such as in 7 days */
export function formatFromNow(time: string): string {
  const hours = (Date.parse(time) - Date.now()) / 3_600_000
  return Math.abs(hours) < 48
    ? relative.format(Math.round(hours), 'hour')
    : relative.format(Math.round(hours / 24), 'day')
}

const photos = (count: number) => (count === 1 ? '1 photo' : `${count} photos`)

export const texts = {
  product: 'hashgate',
  slogan: 'Every image uploaded once.',
  navigation: 'Page',
  apiDocs: 'API documentation',

  signIn: 'Sign in',
  signInHint:
    'Enter the API key or the token that the operator of this gateway gave you. It is kept in this tab only.',
  keyLabel: 'API key or token',
  keyPlaceholder: 'hg_…',
  signOut: 'Sign out',
  signingIn: 'Checking the key …',
  keyRefused:
    'This key is not accepted. Check that it is complete, and ask the operator for another one if it has expired.',
  keyCannotRead: 'This key cannot list photos. Those that you upload in this tab appear here.',

  upload: 'Upload photos',
  uploadNote: 'JPEG, PNG, WebP, AVIF, GIF or TIFF. Photos are deleted after a few days.',
  hashing: 'Checking whether it is already there',
  alreadyThere: (count: number, bytes: number) =>
    `${photos(count)} already there: ${formatBytes(bytes)} saved.`,
  notKept: (names: string) =>
    `These photos could not be resumed. Choose again those that do not appear below: ${names}`,
  /** Replaces texts of Uppy, with its names and placeholders. */
  uppy: {
    dashboardTitle: 'Upload photos',
    dropPasteBoth: 'Drop or paste photos, %{browseFiles} or %{browseFolders}',
    dropPasteImportBoth: 'Drop or paste photos, %{browseFiles} or %{browseFolders}',
    browseFiles: 'choose files',
    browseFolders: 'choose a folder',
    dropHint: 'Drop your photos here',
    myDevice: 'This device',
    importFrom: '%{name}',
    takePictureBtn: 'Take a picture',
    submitRecordedFile: 'Use this picture',
    discardRecordedFile: 'Discard this picture',
    removeFile: 'Remove %{file}',
    youCanOnlyUploadFileTypes: 'Only JPEG, PNG, WebP, AVIF, GIF and TIFF files can be uploaded.',
  },

  gallery: 'Your photos',
  dayLabel: 'Day',
  allDays: 'All days',
  statusLabel: 'Status',
  allStatuses: 'All',
  loading: 'Loading …',
  loadMore: 'Show more',
  noImages: 'No photos yet. The first one that you upload appears here.',
  noImagesOfFilter: 'No photos of this day and status.',
  listFailed: 'The photos could not be loaded.',
  tryAgain: 'Try again',

  status: { pending: 'Waiting', processing: 'Processing', ready: 'Ready', rejected: 'Rejected' },
  statusNote: { pending: 'The upload is not complete yet.', processing: 'This takes a few seconds.' },
  unnamed: 'Photo',

  previous: 'Previous photo',
  next: 'Next photo',
  close: 'Close',
  imageId: 'Image id',
  copyId: 'Copy the image id',
  format: 'Format',
  size: 'Size',
  dimensions: 'Dimensions',
  pixels: (width: number, height: number) => `${width} × ${height} pixels`,
  frames: 'Frames',
  camera: 'Camera',
  takenAt: 'Taken',
  history: 'History',
  requestedAt: 'Upload requested',
  after: (duration: string) => `after ${duration}`,
  willBeDeleted: 'Will be deleted',
  variants: 'Variants',
  urlOf: (name: string) => `URL of ${name}`,
  urlWorksUntil: (time: string) => `Works until ${time}`,
  copyUrl: (name: string) => `Copy the URL of ${name}`,
  openUrl: (name: string) => `Open ${name} in a new tab`,
  copied: 'Copied',
  copy: 'Copy',
  open: 'Open',
  calls: 'Calls that this page made for this photo',
  callsHint: 'To repeat one in a shell, set HASHGATE_KEY to your key.',
  copyCommand: (name: string) => `Copy the command for ${name}`,
} as const
