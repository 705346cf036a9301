import t from 'tap'
import {
  HashgateProvider,
  ImageFromHashgate,
  type ImageFromHashgateProps,
} from '../../packages/react/src/index.ts'
import { photo } from './photo.ts'
import { createElement, renderToString } from './react.ts'

const render = (props: ImageFromHashgateProps) => renderToString(createElement(ImageFromHashgate, props))

t.test('a server renders the placeholder, the variants and the size', async (t) => {
  const html = render({ image: photo, alt: 'A sunset', className: 'wide', sizes: '100vw' })
  t.match(html, /^<img loading="lazy" decoding="async" class="wide"/)
  t.match(html, 'alt="A sunset"')
  t.match(html, 'srcSet="https://store/medium.webp?1 1024w, https://store/large.webp?1 2048w" sizes="100vw"')
  t.match(html, 'src="https://store/large.webp?1" ')
  t.match(html, 'width="2048" height="1365"')
  t.match(html, 'background-image:url(&quot;data:image/png;base64,')
})

t.test('attributes of img replace the defaults, styles add to them', async (t) => {
  const html = render({ image: photo, alt: '', loading: 'eager', decoding: 'sync', style: { opacity: 0.5 } })
  t.match(html, '<img loading="eager" decoding="sync" ')
  t.match(html, /style="background-image:.*opacity:0.5"/)
  for (const placeholder of ['AA', '!', '']) {
    t.match(render({ image: { ...photo, placeholder }, alt: '' }), 'background-color:#884422', placeholder)
  }
})

t.test('an image that is not ready has no source, one that was rejected its fallback', async (t) => {
  const { variants: _, ...rest } = photo
  const waiting = { ...rest, status: 'processing' as const }
  const provider = { options: { gateway: 'https://images.example.com', key: 'k' } }
  const element = createElement(ImageFromHashgate, { image: waiting, alt: 'A', width: 100, fallback: 'none' })
  t.match(renderToString(createElement(HashgateProvider, provider, element)), /^<img (?!.*src=).*width="100"/)
  t.equal(renderToString(element), 'none', 'without a provider, it does not wait for the image')

  const detail = 'The image is damaged or cut off.'
  const image = { ...rest, status: 'rejected' as const, rejection: { reason: 'IMAGE_CORRUPT', detail } }
  t.equal(render({ image, alt: 'A', fallback: ({ message }) => message }), detail)
  t.match(render({ image, alt: 'A sunset' }), /^<img (?!.*src=).*alt="A sunset"/)
})

t.test('without an image, the error names the missing property', async (t) => {
  t.throws(() => render({ alt: 'A' } as ImageFromHashgateProps), {
    message: /needs an `image` or an `imageId`/,
  })
})
