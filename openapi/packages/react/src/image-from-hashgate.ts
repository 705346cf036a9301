import type { Image } from '@hashgate/client'
import {
  type ComponentPropsWithoutRef,
  type CSSProperties,
  createElement,
  forwardRef,
  type ReactNode,
  type SyntheticEvent,
  useImperativeHandle,
  useMemo,
} from 'react'
import { decodePlaceholder } from './decode-placeholder.ts'
import { describeImage } from './describe-image.ts'
import { useHashgateOptions } from './hashgate-provider.ts'
import { useImage } from './use-image.ts'
import { useLoading } from './use-loading.ts'

type ImgProps = Omit<ComponentPropsWithoutRef<'img'>, 'src' | 'srcSet' | 'alt' | 'width' | 'height'>

/** The attributes of `<img>`, and the following. */
export type ImageFromHashgateProps = ImgProps & {
  /** Description of the image for people who cannot see it. Empty for decoration. */
  alt: string
  /** A set of widths (`hero` for `hero-320`, `hero-640`, …), or one variant. By default all variants that show the whole image. */
  variant?: string
  /** CSS pixels. By default those of the largest variant. If only one side is given, the other keeps the proportions. */
  width?: number
  height?: number
  /** Shown instead of an image that was rejected, has expired, or cannot be loaded. Without it, browsers show `alt`. */
  fallback?: ReactNode | ((error: Error) => ReactNode)
} & ({ image: Image; imageId?: undefined } | { imageId: string; image?: undefined })

/**
 * An `<img>` with the variants of an image as `srcset`, and its ThumbHash as the background until it is loaded. If loading fails, the record
 * is read once more for fresh URLs, because signed URLs expire. That, `imageId`, and an image that is not ready yet need a
 * HashgateProvider.
 *
 *     <ImageFromHashgate image={image} alt="The harbour at dusk" sizes="(max-width: 640px) 100vw, 640px" />
 */
export const ImageFromHashgate = forwardRef<HTMLImageElement, ImageFromHashgateProps>(
  function ImageFromHashgate(props, ref) {
    const { image: given, imageId, alt, variant, width, height, fallback, sizes, ...attributes } = props
    const source = given ?? imageId
    if (source === undefined) throw new Error('ImageFromHashgate needs an `image` or an `imageId`.')
    const { image, error, reloads, reload } = useImage(source)
    const { src, ...described } = describeImage(image, { variant, width, height, sizes })
    const canReload = useHashgateOptions() !== undefined
    const loading = useLoading({
      imageId: typeof source === 'string' ? source : source.imageId,
      src,
      reload: canReload ? reload : undefined,
    })
    useImperativeHandle(ref, () => loading.element.current as HTMLImageElement)
    const placeholder = useMemo(() => decodePlaceholder(image?.placeholder), [image?.placeholder])

    const failure = error ?? (loading.isBroken ? new Error('The image cannot be loaded.') : undefined)
    if (failure && fallback !== undefined) {
      return typeof fallback === 'function' ? fallback(failure) : fallback
    }
    const background = loading.isLoaded ? undefined : describeBackground(image, placeholder)
    // Node can run these sources without a build, but not JSX.
    return createElement('img', {
      loading: 'lazy',
      decoding: 'async',
      ...attributes,
      ...described,
      // A new element loads again, even if the fresh URL is the same.
      key: reloads,
      ref: loading.element,
      src,
      alt,
      style: { ...background, ...attributes.style },
      onLoad(event: SyntheticEvent<HTMLImageElement>) {
        loading.handleLoad()
        attributes.onLoad?.(event)
      },
      onError(event: SyntheticEvent<HTMLImageElement>) {
        if (!loading.handleError()) attributes.onError?.(event)
      },
    })
  },
)

function describeBackground(image: Image | undefined, placeholder: string | undefined): CSSProperties {
  if (!placeholder) return { backgroundColor: image?.dominantColor }
  return {
    backgroundImage: `url("${placeholder}")`,
    backgroundPosition: 'center',
    backgroundRepeat: 'no-repeat',
    backgroundSize: 'cover',
  }
}
