import type { ImageRef } from '../core/object-key.ts'

export type Reconcile = (processOne: (image: ImageRef) => Promise<unknown>) => Promise<void>
