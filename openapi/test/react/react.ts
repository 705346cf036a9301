import { createRequire } from 'node:module'

/** React as the package finds it, which is another version than that in the folder of the repository. */
const require = createRequire(new URL('../../packages/react/package.json', import.meta.url))

export const { createElement }: typeof import('react') = require('react')
export const { renderToString }: typeof import('react-dom/server') = require('react-dom/server')
