import { Type } from 'typebox'

/** The gateway and the processor both need it: one issues upload URLs for HEIC files, the other decodes them. */
export const heicSetting = {
  HEIC: Type.Enum(['on', 'off'], {
    default: 'off',
    description:
      'Whether HEIC and HEIF images are accepted. Set it for the gateway and the processor alike. Their compression, HEVC, is patented: [read this first](OPERATING.md#heic).',
  }),
}
