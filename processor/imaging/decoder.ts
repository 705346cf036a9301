import sharp from 'sharp'

/**
 * sharp, configured for untrusted input. Nothing else imports sharp.
 *
 * - Only the loaders of accepted formats are enabled, so those for SVG, PDF and others never run, regardless of the bytes.
 * - No cache: no image is read twice, and memory stays flat.
 * - One libvips thread per image: processing several images at once uses the cores better.
 */
const acceptedLoaders = ['Jpeg', 'Png', 'Webp', 'Heif', 'Nsgif', 'Tiff']

sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({ operation: acceptedLoaders.map((name) => `VipsForeignLoad${name}`) })
sharp.cache(false)
sharp.concurrency(1)

export { sharp }
