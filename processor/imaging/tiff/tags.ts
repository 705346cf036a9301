/** Sources: TIFF 6.0; TIFF/EP; DNG specification 1.7. */
export const tags = {
  newSubfileType: 254,
  subfileType: 255,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  samplesPerPixel: 277,
  planarConfiguration: 284,
  tileWidth: 322,
  subDirectories: 330,
  chromaSubsampling: 530,
  dngVersion: 50_706,
} as const
