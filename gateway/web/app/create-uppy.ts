import { type HashgateBody, HashgateUploader } from '@hashgate/uppy'
import { type Meta, Uppy } from '@uppy/core'
import Dashboard from '@uppy/dashboard'
import GoldenRetriever from '@uppy/golden-retriever'
import { isGranted } from '../../../openapi/packages/client/src/upload-image.ts'
import { addInSteps } from './add-in-steps.ts'
import type { Api } from './api.ts'
import { hashFile } from './hash-file.ts'
import { ownerOf } from './session.ts'
import { showPreviews } from './show-previews.ts'
import { texts } from './texts.ts'

const accepted = ['image/jpeg', 'image/png', 'image/webp', 'image/avif', 'image/gif', 'image/tiff']
/** Many browsers have no media type for these. The gateway's response explains how to enable HEIC, or what to do on the phone. */
const acceptedExtensions = ['.avif', '.heic', '.heif', '.tif', '.tiff']

const noticeMs = 20_000

/**
 * Limits of what the browser stores until it is uploaded. Uppy's defaults, 10 MiB per file and 300 MiB in total, are below what the gateway
 * accepts. The plugin's types lack these options.
 */
const kept: object = { maxFileSize: 64 * 2 ** 20, maxTotalSize: 4 * 2 ** 30 }

/**
 * Creates the upload panel in `target`. Files that are not finished are kept in the browser, so closing the page loses none.
 * Call `destroy` when the panel is no longer shown.
 */
export function createUppy(api: Api, target: HTMLElement): Uppy<Meta, HashgateBody> {
  const uppy = new Uppy<Meta, HashgateBody>({
    // The browser keeps unfinished files under this id, so that another key does not continue them.
    id: `hashgate ${ownerOf(api.key)}`,
    autoProceed: true,
    locale: { strings: texts.uppy, pluralize: (count) => (count === 1 ? 0 : 1) },
    restrictions: { allowedFileTypes: [...accepted, ...acceptedExtensions] },
  })
    .use(HashgateUploader, {
      client: api.client,
      hash: hashFile,
      locale: { strings: { hashing: texts.hashing } },
      onAnswer: ({ name }, answer) => {
        if (isGranted(answer)) api.recordPut(answer.imageId, answer.upload, name)
      },
    })
    .use(Dashboard, {
      inline: true,
      target,
      width: '100%',
      height: 330,
      theme: 'auto',
      note: texts.uploadNote,
      fileManagerSelectionType: 'both',
      proudlyDisplayPoweredByUppy: false,
      // showPreviews does this in a worker.
      disableThumbnailGenerator: true,
    })
    .use(GoldenRetriever, { indexedDB: kept })
  addInSteps(uppy)
  showPreviews(uppy)
  uppy.on('restored', () => resume(uppy))
  void addCamera(uppy, target)
  return uppy
}

/**
 * Continues the uploads of an earlier visit without confirmation, because their files were chosen to be uploaded. Those that the browser has not kept
 * cannot be continued; some of them were uploaded just before the page was closed.
 */
function resume(uppy: Uppy<Meta, HashgateBody>): void {
  const lost = uppy.getFiles().filter(({ isGhost }) => isGhost)
  uppy.removeFiles(lost.map(({ id }) => id))
  if (lost.length > 0) uppy.info(texts.notKept(lost.map(({ name }) => name).join(', ')), 'warning', noticeMs)
  if (uppy.getFiles().length > 0) uppy.emit('restore-confirmed')
}

/** The camera comes after the page is shown: few need it, and it would make the first load larger. */
async function addCamera(uppy: Uppy<Meta, HashgateBody>, target: HTMLElement): Promise<void> {
  if (!navigator.mediaDevices) return
  const { default: Webcam } = await import('@uppy/webcam')
  if (!uppy.getPlugin('Dashboard')) return
  uppy.use(Webcam, {
    modes: ['picture'],
    mobileNativeCamera: true,
    onBeforeSnapshot: () => untilCameraShows(target),
  })
}

/** The button for a picture is there before the camera's first frame. Uppy would then take an empty picture. */
async function untilCameraShows(panel: HTMLElement): Promise<void> {
  const video = panel.querySelector('video')
  while (video?.isConnected && video.readyState < video.HAVE_CURRENT_DATA)
    await new Promise(requestAnimationFrame)
}
