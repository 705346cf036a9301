import { useEffect, useRef, useState } from 'preact/hooks'
import type { Image } from '../../../openapi/packages/client/src/types.ts'
import type { Api } from './api.ts'
import { ImageCard } from './image-card.tsx'
import { ImageDialog } from './image-dialog.tsx'
import { formatDay, texts } from './texts.ts'
import type { Images, Status } from './use-images.ts'

interface GalleryProps {
  api: Api
  images: Images
  status?: Status
  onStatus: (status?: Status) => void
}

const statuses = Object.keys(texts.status) as Status[]

/** The tenant's images by day, newest first. Further pages load when the end comes into view. */
export function Gallery({ api, images: { images, state, loadMore }, status, onStatus }: GalleryProps) {
  const [openId, setOpenId] = useState<string>()
  const opened = images.find(({ imageId }) => imageId === openId)
  return (
    <section aria-labelledby="gallery-title">
      <div class="gallery-head">
        <h2 id="gallery-title">{texts.gallery}</h2>
        <label>
          {texts.statusLabel}{' '}
          <select
            value={status ?? ''}
            onChange={({ currentTarget }) =>
              onStatus((currentTarget.value || undefined) as Status | undefined)
            }
          >
            <option value="">{texts.allStatuses}</option>
            {statuses.map((value) => (
              <option key={value} value={value}>
                {texts.status[value]}
              </option>
            ))}
          </select>
        </label>
      </div>
      {groupByDay(images).map(([day, ofDay]) => (
        <div key={day}>
          <h3>{formatDay(day)}</h3>
          <ul class="cards">
            {ofDay.map((image) => (
              <li key={image.imageId}>
                <ImageCard image={image} onOpen={setOpenId} />
              </li>
            ))}
          </ul>
        </div>
      ))}
      <GalleryEnd
        state={state}
        isEmpty={images.length === 0}
        isFiltered={status !== undefined}
        loadMore={loadMore}
      />
      {opened && <ImageDialog api={api} image={opened} onClose={() => setOpenId(undefined)} />}
    </section>
  )
}

function groupByDay(images: Image[]): [string, Image[]][] {
  return [...Map.groupBy(images, ({ createdAt }) => createdAt.slice(0, 10))]
}

interface GalleryEndProps {
  state: Images['state']
  isEmpty: boolean
  isFiltered: boolean
  loadMore: () => void
}

function GalleryEnd({ state, isEmpty, isFiltered, loadMore }: GalleryEndProps) {
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (!button.current || state !== 'more') return
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && loadMore())
    observer.observe(button.current)
    return () => observer.disconnect()
  }, [state, loadMore])

  if (state === 'end') return isEmpty ? <p>{isFiltered ? texts.noImagesOfStatus : texts.noImages}</p> : null
  if (state === 'loading') return <p role="status">{texts.loading}</p>
  return (
    <p role={state === 'failed' ? 'alert' : undefined}>
      {state === 'failed' && `${texts.listFailed} `}
      <button type="button" ref={button} onClick={loadMore}>
        {state === 'failed' ? texts.tryAgain : texts.loadMore}
      </button>
    </p>
  )
}
