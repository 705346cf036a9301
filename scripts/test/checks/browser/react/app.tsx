/** @jsxImportSource react */
import type { Image } from '@hashgate/client'
import {
  type HashgateOptions,
  HashgateProvider,
  ImageFromHashgate,
  type Upload,
  useUpload,
} from '@hashgate/react'
import { type ReactNode, StrictMode, useEffect, version } from 'react'
import { createRoot, hydrateRoot } from 'react-dom/client'

/** A small application that uses the package. Its page calls these functions. */
export interface App {
  version: string
  /** The states of the uploads in order: file name, status and percent. */
  seen: string[]
  showUploader: (options: HashgateOptions) => void
  showImage: (options: HashgateOptions | undefined, props: ImageProps) => void
  /** Hydrates HTML that a server rendered. */
  hydrateImage: (props: ImageProps) => void
  unmount: () => void
}

export type ImageProps = { width?: number; variant?: string; sizes?: string } & (
  | { image: Image; imageId?: undefined }
  | { imageId: string; image?: undefined }
)

const seen: string[] = []

function Uploader() {
  const { uploads, status, progress, start, cancel, retry, reset } = useUpload({ concurrency: 2 })
  return (
    <>
      <input type="file" multiple onChange={(event) => start(event.target.files)} />
      <output>{`${status} ${Math.round(progress * 100)} %`}</output>
      <button type="button" onClick={() => cancel()}>
        Cancel
      </button>
      <button type="button" onClick={() => retry()}>
        Retry
      </button>
      <button type="button" onClick={reset}>
        Reset
      </button>
      <ul>
        {uploads.map((upload) => (
          <UploadRow key={upload.id} upload={upload} />
        ))}
      </ul>
    </>
  )
}

function UploadRow({ upload }: { upload: Upload }) {
  const { fileName, status, progress, isDuplicate, image, error } = upload
  const percent = Math.round(progress * 100)
  useEffect(() => {
    seen.push(`${fileName} ${status} ${percent}`)
  }, [fileName, status, percent])
  return (
    <li>
      <p>{[fileName, status, isDuplicate ? 'duplicate' : '', error?.message].filter(Boolean).join(' · ')}</p>
      {status === 'ready' && image && (
        <ImageFromHashgate image={image} alt={`Photo ${fileName}`} width={300} />
      )}
    </li>
  )
}

function Picture(props: ImageProps) {
  return (
    <ImageFromHashgate {...props} alt="A photo" fallback={({ message }) => <p role="alert">{message}</p>} />
  )
}

let unmount = () => {}

function render(element: ReactNode): void {
  const root = createRoot(document.getElementById('root') as HTMLElement)
  root.render(<StrictMode>{element}</StrictMode>)
  unmount = () => root.unmount()
}

const app: App = {
  version,
  seen,
  showUploader: (options) =>
    render(
      <HashgateProvider options={options}>
        <Uploader />
      </HashgateProvider>,
    ),
  showImage: (options, props) =>
    render(
      options ? (
        <HashgateProvider options={options}>
          <Picture {...props} />
        </HashgateProvider>
      ) : (
        <Picture {...props} />
      ),
    ),
  hydrateImage(props) {
    hydrateRoot(document.getElementById('root') as HTMLElement, <Picture {...props} />)
  },
  unmount: () => unmount(),
}

Object.assign(globalThis, { app })
