import type { Image } from '../../../../openapi/packages/client/src/types.ts'
import { formatDuration, formatFromNow, formatTime, texts } from '../texts.ts'

interface Step {
  title: string
  /** RFC 3339. Absent while it lasts. */
  time?: string
  note?: string
  state: 'done' | 'current' | 'failed' | 'ahead'
}

/** The events of the image with their times, and when it will be deleted. */
export function ImageHistory({ image }: { image: Image }) {
  return (
    <ol class="history">
      {listSteps(image).map(({ title, time, note, state }) => (
        <li key={title} class={state}>
          <strong>{title}</strong>
          {time && <time dateTime={time}>{formatTime(time)}</time>}
          {note && <span>{note}</span>}
        </li>
      ))}
    </ol>
  )
}

function listSteps({ status, createdAt, finishedAt, expiresAt, rejection }: Image): Step[] {
  const isFinal = status === 'ready' || status === 'rejected'
  const took = finishedAt ? texts.after(formatDuration(Date.parse(finishedAt) - Date.parse(createdAt))) : ''
  const current: Step = isFinal
    ? {
        title: texts.status[status],
        time: finishedAt,
        note: rejection?.detail ?? took,
        state: status === 'ready' ? 'done' : 'failed',
      }
    : { title: texts.status[status], note: texts.statusNote[status], state: 'current' }
  return [
    { title: texts.requestedAt, time: createdAt, state: 'done' },
    current,
    { title: texts.willBeDeleted, time: expiresAt, note: formatFromNow(expiresAt), state: 'ahead' },
  ]
}
