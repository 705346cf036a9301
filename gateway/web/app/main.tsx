/** The page for people who upload photos. `npm run build` and `npm start` bundle it. */
import { render } from 'preact'
import { App } from './app.tsx'
import { readKey } from './session.ts'

const root = document.getElementById('app')
if (root) render(<App signedInWith={readKey()} />, root)
