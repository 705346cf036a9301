/** One use of a field: its name in the data source, and how Tableau aggregates or truncates it. */
export interface Pill {
  field: string
  /** Derivations of the XSD's column instances, with Tableau's prefix of their names. */
  derivation: 'None' | 'Sum' | 'Count' | 'Median' | 'Day-Trunc' | 'Hour-Trunc'
}

export interface Worksheet {
  name: string
  mark: 'Bar' | 'Line'
  cols: Pill
  rows: Pill
  color?: Pill
  /** Keeps rows with this value only. */
  filter?: { field: string; value: string }
}

export interface Dashboard {
  name: string
  /** The first fills the upper half; the others share the lower half. */
  worksheets: Worksheet[]
}

const images: Pill = { field: 'image_id', derivation: 'Count' }
const day: Pill = { field: 'day', derivation: 'Day-Trunc' }
const plain = (field: string): Pill => ({ field, derivation: 'None' })
const sum = (field: string): Pill => ({ field, derivation: 'Sum' })

/** The dashboards of `hashgate.twb`, in the order of their tabs. */
export const dashboards: Dashboard[] = [
  {
    name: 'Uploads',
    worksheets: [
      { name: 'Images by day and status', mark: 'Bar', cols: day, rows: images, color: plain('status') },
      { name: 'Bytes by day', mark: 'Bar', cols: day, rows: sum('byte_length') },
      { name: 'Images by tenant', mark: 'Bar', cols: images, rows: plain('tenant') },
    ],
  },
  {
    name: 'Savings and rejects',
    worksheets: [
      { name: 'Bytes saved by day', mark: 'Bar', cols: day, rows: sum('saved_bytes') },
      { name: 'Duplicates by tenant', mark: 'Bar', cols: sum('duplicates'), rows: plain('tenant') },
      {
        name: 'Rejects by reason',
        mark: 'Bar',
        cols: images,
        rows: plain('reason'),
        filter: { field: 'status', value: 'rejected' },
      },
    ],
  },
  {
    name: 'Processing and cameras',
    worksheets: [
      {
        name: 'Median processing time by hour',
        mark: 'Line',
        cols: { field: 'requested_at', derivation: 'Hour-Trunc' },
        rows: { field: 'processing_seconds', derivation: 'Median' },
      },
      {
        name: 'Images by format',
        mark: 'Bar',
        cols: images,
        rows: plain('format'),
        filter: { field: 'status', value: 'ready' },
      },
      {
        name: 'Images by camera',
        mark: 'Bar',
        cols: images,
        rows: plain('camera_model'),
        filter: { field: 'status', value: 'ready' },
      },
    ],
  },
]
