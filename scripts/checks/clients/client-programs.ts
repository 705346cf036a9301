import { join } from 'node:path'
import { clientFolder, clientsCache, generatedFolder } from '../../clients/client-folders.ts'
import { findTool } from '../../services/find-tool.ts'

/** A small program that uploads a photo with the generated client of its language. */
export interface ClientProgram {
  language: string
  /** A different photo for each language, so that the first upload is never a duplicate. */
  photo: string
  /** Commands that build the program; the client must be generated before. */
  build: () => string[][]
  /** The command that runs it, without the photo argument. */
  run: () => string[]
}

const typescript = clientFolder('typescript')
const venv = join(clientsCache.root, 'python')
const goProgram = join(clientsCache.root, 'upload-photo-go')
const java = join(clientFolder('java'), 'upload-photo/target')

export const clientPrograms: ClientProgram[] = [
  {
    language: 'typescript',
    photo: 'stream-baseline.jpg',
    build: () => [['tsc', '--project', typescript]],
    run: () => [process.execPath, join(typescript, 'upload-photo.ts')],
  },
  {
    language: 'python',
    photo: 'drum-portrait.jpg',
    build: () => [
      [findTool('python'), '-m', 'venv', venv],
      [join(venv, 'bin/pip'), 'install', '--quiet', '--disable-pip-version-check', generatedFolder('python')],
    ],
    run: () => [join(venv, 'bin/python'), join(clientFolder('python'), 'upload_photo.py')],
  },
  {
    language: 'go',
    photo: 'dogs-orientation-6.jpg',
    build: () => [[findTool('go'), 'build', '-C', clientFolder('go'), '-o', goProgram, '.']],
    run: () => [goProgram],
  },
  {
    language: 'java',
    photo: 'sunset-12mp-gps.jpg',
    build: () => [
      [findTool('maven'), '-B', '-ntp', '-q', '-f', join(clientFolder('java'), 'pom.xml'), 'package'],
    ],
    run: () => [
      findTool('java'),
      // The property names of Java 17 and of later versions, because not every console announces UTF-8.
      ...['sun.stdout.encoding', 'stdout.encoding'].map((name) => `-D${name}=UTF-8`),
      '-cp',
      [join(java, 'classes'), join(java, 'lib/*')].join(':'),
      'hashgate.example.UploadPhoto',
    ],
  },
]
