import { createHashgateClient, createUploadBatcher, hashBlob } from '@hashgate/client'
import { BasePlugin, type Body, type Meta, type Uppy, type UppyFile } from '@uppy/core'
import { type FileFollower, followFiles } from './follow-files.ts'
import { limitConcurrency } from './limit-concurrency.ts'
import { createWaves } from './release-in-waves.ts'
import { createSlices } from './run-in-slices.ts'
import { sendFile, type Way } from './send-file.ts'
import { throttle } from './throttle.ts'
import type { HashgateBody, HashgateUploaderOptions } from './uploader-options.ts'

const defaultLimit = 3
/** Hashing needs a file's bytes in memory. The second file is read while the first is hashed. */
const concurrentHashes = 2
/** The gateway's limit for one call. */
const maxBatch = 100
const progressIntervalMs = 250

/**
 * The Uppy uploader for a hashgate gateway. It hashes each file, requests upload URLs in batches, and sends the bytes straight to the store,
 * unless they are already there. The response of a file is a HashgateBody; its error has the message of the API.
 *
 *     new Uppy<Meta, HashgateBody>().use(HashgateUploader, { gateway: 'https://images.example.com', key })
 *
 * A paused upload starts again from its first byte, because a PUT cannot be continued. While the browser is offline, uploads wait.
 */
export class HashgateUploader<M extends Meta, B extends Body> extends BasePlugin<
  HashgateUploaderOptions<M, B>,
  M,
  B
> {
  readonly #way: Way
  readonly #report = createSlices()
  #follower: FileFollower | undefined

  /** @throws TypeError without a gateway and a key, or a client */
  constructor(uppy: Uppy<M, B>, options: HashgateUploaderOptions<M, B>) {
    super(uppy, options)
    this.id = options?.id ?? 'HashgateUploader'
    this.type = 'uploader'
    this.defaultLocale = { strings: { hashing: 'Checking whether it is already there' } }
    this.#way = createWay(options)
    this.i18nInit()
  }

  override install(): void {
    this.#follower = followFiles(this.uppy)
    this.#setResumable(true)
    this.uppy.addUploader(this.#uploadAll)
  }

  override uninstall(): void {
    this.uppy.removeUploader(this.#uploadAll)
    this.#setResumable(false)
    this.#follower?.close()
  }

  #setResumable(resumableUploads: boolean): void {
    const { capabilities } = this.uppy.getState()
    this.uppy.setState({ capabilities: { ...capabilities, resumableUploads, individualCancellation: true } })
  }

  readonly #uploadAll = async (ids: string[]): Promise<void> => {
    const files = ids.map((id) => this.uppy.getFile(id)).filter(canBeSent)
    this.uppy.emit('upload-start', files)
    await Promise.all(files.map((file) => this.#upload(file)))
  }

  /** Never rejects: Uppy shows the error of the file. */
  async #upload(file: UppyFile<M, B>): Promise<void> {
    const followed = this.#follower?.follow(file.id)
    if (!followed) return
    const current = () => this.uppy.getFile(file.id)
    try {
      if (file.isRemote) throw new Error('Files of remote providers cannot be uploaded to hashgate.')
      const body = await sendFile(this.#way, {
        data: file.data as Blob,
        name: file.meta.name ?? file.name ?? '',
        type: file.type,
        followed,
        hash: (data) => this.#hash(file, data, followed.cancelled),
        onAnswer: (answer) => this.opts.onAnswer?.(file, answer),
        onProgress: throttle(progressIntervalMs, ({ sentBytes, totalBytes }) => {
          const uploadStarted = current()?.progress.uploadStarted ?? Date.now()
          const progress = { uploadStarted, bytesUploaded: sentBytes, bytesTotal: totalBytes }
          void this.#report(() => this.uppy.emit('upload-progress', current(), progress))
        }),
      })
      await this.#report(() =>
        this.uppy.emit('upload-success', current(), { status: 200, body: body as HashgateBody & B }),
      )
    } catch (error) {
      if (followed.cancelled.aborted) return
      await this.#report(() => this.uppy.emit('upload-error', current(), error as Error))
    } finally {
      followed.unfollow()
    }
  }

  /** Reports progress of large files only, because smaller ones are sent too fast to see it. */
  async #hash(file: UppyFile<M, B>, data: Blob, signal: AbortSignal): Promise<string> {
    const { hash = hashBlob } = this.opts
    const current = () => this.uppy.getFile(file.id)
    const message = this.i18n('hashing')
    let isReported = false
    const onProgress = throttle(progressIntervalMs, (hashedBytes: number) => {
      isReported = true
      const progress = { mode: 'determinate', message, value: hashedBytes / data.size } as const
      void this.#report(() => this.uppy.emit('preprocess-progress', current(), progress))
    })
    const sha256 = await hash(data, { onProgress, signal })
    if (isReported) await this.#report(() => this.uppy.emit('preprocess-complete', current()))
    return sha256
  }
}

function createWay<M extends Meta, B extends Body>(options: HashgateUploaderOptions<M, B>): Way {
  const hasClient = options && 'client' in options && options.client
  if (!hasClient && !(options && 'gateway' in options && options.gateway && options.key)) {
    throw new TypeError('HashgateUploader needs the options `gateway` and `key`, or `client`.')
  }
  const client = hasClient
    ? options.client
    : createHashgateClient(options as { gateway: string; key: string })
  const { limit = defaultLimit } = options
  return {
    client,
    batcher: createUploadBatcher(client),
    limitHashing: limitConcurrency(concurrentHashes),
    inWaves: createWaves({ lowWater: limit, maxWave: maxBatch }),
    limitSending: limitConcurrency(limit),
  }
}

/** Restored uploads contain files that are complete, and files whose bytes the browser did not keep. */
function canBeSent<M extends Meta, B extends Body>(file: UppyFile<M, B> | undefined): file is UppyFile<M, B> {
  return file !== undefined && !file.error && !file.progress.uploadComplete && Boolean(file.data)
}
