/** size-limit's plugin that measures files; it comes without types. */
declare module '@size-limit/file' {
  const plugin: (...args: unknown[]) => unknown
  export default plugin
}
