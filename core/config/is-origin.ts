/**
 * Whether a text is an origin exactly as browsers send it: in lower case, without credentials, a path or a default port. Others
 * never match, however similar they look. Wildcards are not origins.
 */
export const isOrigin = (text: string): boolean =>
  URL.parse(text)?.origin === text && /^https?:\/\/(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d+)?$/.test(text)
