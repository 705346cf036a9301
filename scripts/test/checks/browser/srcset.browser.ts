import sharp from 'sharp'
import t from 'tap'
import { makeSrcset } from '../../../../openapi/packages/client/src/make-srcset.ts'
import { uploadImage } from '../../../../openapi/packages/client/src/upload-image.ts'
import { withSystem } from '../../../local/with-system.ts'
import { openEmptyPage } from './open-browser.ts'
import { serveClient } from './serve-client.ts'

const settings = { VARIANTS: JSON.stringify([{ name: 'hero', widths: [320, 640, 1280] }]) }

t.test('Chromium chooses a variant from srcset by the width that it needs', async (t) => {
  const page = await openEmptyPage(t)
  await page.goto(await serveClient(t))
  await withSystem(async ({ gatewayUrl: gateway, key }) => {
    const create = { width: 1000, height: 500, channels: 3, background: '#336699' } as const
    const png = await sharp({ create }).png().toBuffer()
    const image = await uploadImage(new Blob([new Uint8Array(png)]), { gateway, key })
    const srcset = makeSrcset(image, 'hero')
    for (const [sizes, expected] of [
      ['100px', 'hero-320'],
      ['321px', 'hero-640'],
      ['641px', 'hero-1280'],
      ['4000px', 'hero-1280'],
    ] as const) {
      const chosen = await page.evaluate(
        async ([srcset, sizes]) => {
          const image = Object.assign(new Image(), { sizes, srcset })
          document.body.append(image)
          await image.decode()
          return image.currentSrc
        },
        [srcset, sizes] as const,
      )
      t.match(chosen, `/${expected}.webp?`, sizes)
    }
  }, settings)
})
