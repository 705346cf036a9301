import type { ImageEvent, Resync } from '../types.ts'
import type { StreamMessage } from './event-stream.ts'

/** The event or the resync in a message. Undefined for a message of another kind, which a newer gateway may send. */
export function readMessage({ event = '', data }: StreamMessage): ImageEvent | Resync | undefined {
  if (event === 'resync') return { ...(JSON.parse(data) as { reason: string }), type: 'resync' }
  return event.startsWith('image.') ? (JSON.parse(data) as ImageEvent) : undefined
}
