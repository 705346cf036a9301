import sharp from 'sharp'

/**
 * sharp, set up for bytes from strangers. The only import of it.
 *
 * - Only the loaders of the accepted formats can run; SVG, PDF and the rest cannot be reached, whatever the bytes say.
 * - No cache: no image is seen twice, and memory stays flat.
 * - One libvips thread an image: images in flight are the parallelism that pays.
 */
const acceptedLoaders = ['Jpeg', 'Png', 'Webp', 'Heif', 'Nsgif', 'Tiff']

sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({ operation: acceptedLoaders.map((name) => `VipsForeignLoad${name}`) })
sharp.cache(false)
sharp.concurrency(1)

export { sharp }
