import t from 'tap'
import { HashgateProvider, useUpload } from '../../packages/react/src/index.ts'
import { createElement, renderToString } from './react.ts'

const options = { gateway: 'https://images.example.com', key: 'k' }

function Uploads() {
  const { uploads, status, progress } = useUpload()
  return `${status} ${uploads.length} ${progress}`
}

t.test('a server renders it without uploads', async (t) => {
  t.equal(renderToString(createElement(HashgateProvider, { options }, createElement(Uploads))), 'idle 0 0')
})

t.test('without a gateway, the error has advice', async (t) => {
  t.throws(() => renderToString(createElement(Uploads)), {
    message: /wrap the component in a HashgateProvider/,
  })
})

t.test('options of the hook replace those of the provider', async (t) => {
  const Own = () => useUpload({ ...options, concurrency: 0 }).status
  t.equal(renderToString(createElement(Own)), 'idle')
})
