/** The decoder's input in place of the original. */
export interface Prepared {
  /** The original itself, or a copy whose container has been rewritten. */
  bytes: Buffer
  /** The page to show, or the first one of an animation, counted from 0. Absent: the format's own choice. */
  page?: number
  /** Number of pages in the original, where `bytes` has more or fewer. */
  pages?: number
  /** Raw EXIF that the decoder does not find; untrusted. */
  exif?: Buffer
  /** Absent: the picture is the whole image. */
  canvas?: Canvas
}

/** A canvas that the picture covers only in part; the rest is transparent. In pixels, before any orientation. */
export interface Canvas {
  width: number
  height: number
  /** Position of the picture's upper left corner. */
  left: number
  top: number
  frameWidth: number
  frameHeight: number
}
