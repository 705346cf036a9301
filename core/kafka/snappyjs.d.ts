declare module 'snappyjs' {
  /** @throws Error when the block is damaged, or its content is larger than `maxLength` bytes */
  export function uncompress(block: Buffer, maxLength?: number): Buffer
}
