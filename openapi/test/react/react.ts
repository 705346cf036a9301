import { createRequire } from 'node:module'

/** React as the package resolves it, which is not the version in the repository's root. */
const require = createRequire(new URL('../../packages/react/package.json', import.meta.url))

export const { createElement }: typeof import('react') = require('react')
export const { renderToString }: typeof import('react-dom/server') = require('react-dom/server')
