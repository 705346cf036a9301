/** Debian packages that hold what is measured: photographs under open licences, and the tool that recodes them without loss. */
export const packages = [
  'lomiri-wallpapers-16.04',
  'lomiri-wallpapers-20.04',
  'mate-backgrounds',
  'libjpeg-turbo-progs',
  'libjpeg62-turbo',
] as const

/** Photographs of 12 to 20 megapixels, as cameras and phones make them. */
export const photographs = [
  'lomiri-wallpapers-16.04/usr/share/backgrounds/Dragonfly_by_Bolly.jpg',
  'lomiri-wallpapers-16.04/usr/share/backgrounds/seeding_by_Clements_Engelhardt.jpg',
  'lomiri-wallpapers-16.04/usr/share/backgrounds/sunset_by_Aitzol_Berasategi.jpg',
  'lomiri-wallpapers-20.04/usr/share/backgrounds/Kleiber_by_Lukas_Baubkus.jpg',
]

/** Hard on memory: 18 megapixels in 16 MB, and 24 megapixels with full colour and a profile. */
export const heavyImages = [
  'mate-backgrounds/usr/share/backgrounds/mate/abstract/Elephants_5640x3172.jpg',
  'lomiri-wallpapers-20.04/usr/share/backgrounds/Painting-Colors_by__herobrine7gamer.jpg',
]
