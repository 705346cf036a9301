import { useEffect } from 'preact/hooks'
import type { Image } from '../../../openapi/packages/client/src/types.ts'
import type { Api } from './api.ts'
import { GalleryEnd } from './gallery-end.tsx'
import { GalleryItem } from './gallery-item.tsx'
import { ImageDialog } from './image/image-dialog.tsx'
import { listDays } from './list-days.ts'
import { formatDay, texts } from './texts.ts'
import type { Filter, Images, Status } from './use-images.ts'
import { useOpenImage } from './use-open-image.ts'

interface GalleryProps {
  api: Api
  images: Images
  filter: Filter
  onFilter: (filter: Filter) => void
}

const statuses = Object.keys(texts.status) as Status[]

/** The tenant's images by day, newest first. Further pages load when the end comes into view. */
export function Gallery({ api, images: { images, find, read, ...end }, filter, onFilter }: GalleryProps) {
  const { imageId, open, replace, close } = useOpenImage()
  const opened = imageId === undefined ? undefined : find(imageId)
  // Gets URLs that work from now on, and the image itself if the gallery has not loaded it.
  useEffect(() => {
    if (imageId !== undefined) read(imageId)
  }, [imageId, read])

  const step = (by: number) => {
    const position = images.findIndex((image) => image.imageId === imageId)
    const neighbour = position < 0 ? undefined : images[position + by]
    return neighbour && (() => replace(neighbour.imageId))
  }
  return (
    <section aria-labelledby="gallery-title">
      <div class="gallery-head">
        <h2 id="gallery-title">{texts.gallery}</h2>
        <Choice
          label={texts.dayLabel}
          all={texts.allDays}
          choices={listDays().map((day) => [day, formatDay(day, 'short')])}
          value={filter.day}
          onChange={(day) => onFilter({ ...filter, day })}
        />
        <Choice
          label={texts.statusLabel}
          all={texts.allStatuses}
          choices={statuses.map((status) => [status, texts.status[status]])}
          value={filter.status}
          onChange={(status) => onFilter({ ...filter, status: status as Status | undefined })}
        />
      </div>
      {groupByDay(images).map(([day, ofDay]) => (
        <div key={day}>
          <h3>{formatDay(day)}</h3>
          <ul class="cards">
            {ofDay.map((image) => (
              <GalleryItem key={image.imageId} image={image} onOpen={open} />
            ))}
          </ul>
        </div>
      ))}
      <GalleryEnd
        {...end}
        isEmpty={images.length === 0}
        isFiltered={filter.status !== undefined || filter.day !== undefined}
      />
      {opened && (
        <ImageDialog api={api} image={opened} onPrevious={step(-1)} onNext={step(1)} onClose={close} />
      )}
    </section>
  )
}

function groupByDay(images: Image[]): [string, Image[]][] {
  return [...Map.groupBy(images, ({ createdAt }) => createdAt.slice(0, 10))]
}

interface ChoiceProps {
  label: string
  /** Label of the option that selects all. */
  all: string
  choices: [value: string, text: string][]
  value?: string
  onChange: (value?: string) => void
}

function Choice({ label, all, choices, value, onChange }: ChoiceProps) {
  return (
    <label>
      {label}
      <select
        value={value ?? ''}
        onChange={({ currentTarget }) => onChange(currentTarget.value || undefined)}
      >
        <option value="">{all}</option>
        {choices.map(([choice, text]) => (
          <option key={choice} value={choice}>
            {text}
          </option>
        ))}
      </select>
    </label>
  )
}
