import { symlinkSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import t from 'tap'
import { findFiles } from '../../../packages/cli/src/upload/find-files.ts'
import { describeSkipped } from '../../../packages/cli/src/upload/skipped-files.ts'

const directory = t.testdir({
  'a.jpg': '',
  'b.JPeG': '',
  'note.txt': '',
  '._a.jpg': 'metadata that macOS writes beside a.jpg',
  'photos [2024] {x}': { 'c.avif': '', deep: { 'd.tiff': '' } },
  empty: { 'note.txt': '' },
})
symlinkSync('/nowhere/at/all', join(directory, 'gone.jpg'))

const fromDirectory = (path: string) => relative(directory, path)
const findAll = (...paths: string[]) => findFiles(paths.map((path) => join(directory, path)))
const find = async (...paths: string[]) => (await findAll(...paths)).files.map(fromDirectory)

t.test('a folder expands to the images in it, sorted by name', async (t) => {
  t.strictSame(await find('.'), [
    'a.jpg',
    'b.JPeG',
    'photos [2024] {x}/c.avif',
    'photos [2024] {x}/deep/d.tiff',
  ])
})

t.test('the name of a folder can contain glob characters', async (t) => {
  t.strictSame(await find('photos [2024] {x}'), ['photos [2024] {x}/c.avif', 'photos [2024] {x}/deep/d.tiff'])
})

t.test('a file given by its path is used regardless of its extension', async (t) => {
  t.strictSame(await find('note.txt', '._a.jpg'), ['note.txt', '._a.jpg'])
})

t.test('globs', async (t) => {
  t.strictSame(await find('*.jpg'), ['a.jpg'])
  t.strictSame(await find('**/*.{avif,tiff}'), ['photos [2024] {x}/c.avif', 'photos [2024] {x}/deep/d.tiff'])
})

t.test('HEIC files are found in a folder', async (t) => {
  const folder = t.testdir({ 'IMG_1.HEIC': '', 'IMG_2.heif': '' })
  t.equal((await findFiles([folder])).files.length, 2)
})

t.test('each file is listed once, in the given order', async (t) => {
  t.strictSame(await find('b.JPeG', 'a.jpg', './a.jpg', '*.JPeG', 'empty/../a.jpg'), ['b.JPeG', 'a.jpg'])
})

t.test('a path that matches nothing is an error', async (t) => {
  for (const path of ['none.jpg', 'empty', '*.gif', 'gone.jpg']) {
    await t.rejects(find('a.jpg', path), {
      message: `No image found at ${join(directory, path)}.${path === 'empty' ? ' Skipped 1 file that is not JPEG, PNG, WebP, AVIF, GIF, TIFF or HEIC: 1 .txt (note.txt).' : ''}`,
    })
  }
})

t.test('other files of a folder are listed as skipped, hidden ones are not', async (t) => {
  const { skipped } = await findAll('.')
  t.strictSame(skipped.map(fromDirectory), ['gone.jpg', 'note.txt', 'empty/note.txt'])
  t.strictSame((await findAll('.', 'note.txt')).skipped.map(fromDirectory), ['gone.jpg', 'empty/note.txt'])
})

t.test('skipped files are counted by extension, with some names', async (t) => {
  const paths = ['a/1.PSD', 'a/2.psd', 'a/3.psd', 'b/4.psd', 'b/README', 'evil\u001b[2J.mov']
  t.equal(
    describeSkipped(paths),
    'Skipped 6 files that are not JPEG, PNG, WebP, AVIF, GIF, TIFF or HEIC: 4 .psd (1.PSD, 2.psd, 3.psd, …), 1 no extension (README), 1 .mov (evil\\u001b[2J.mov).',
  )
  t.equal(describeSkipped([]), '')
})

t.test('a folder that links to itself is searched once', async (t) => {
  const looped = t.testdir({ 'a.jpg': '', deep: { 'b.jpg': '', up: t.fixture('symlink', '..') } })
  const { files } = await findFiles([looped])
  t.strictSame(
    files.map((file) => relative(looped, file)),
    ['a.jpg', 'deep/b.jpg'],
  )
})

t.test('an unreadable folder is reported, and the others are searched', async (t) => {
  // Outside the project, because another user needs access to it.
  const folder = await mkdtemp(join(tmpdir(), 'hashgate-folder-'))
  t.teardown(() => rm(folder, { recursive: true }))
  for (const name of ['a', 'locked', 'z']) {
    await mkdir(join(folder, name))
    await writeFile(join(folder, name, 'photo.jpg'), '')
  }
  await chmod(folder, 0o755)
  await chmod(join(folder, 'locked'), 0)
  const isRoot = process.getuid?.() === 0
  // Root can read every folder.
  if (isRoot) process.seteuid?.(65_534)
  const found = await findFiles([folder]).finally(() => isRoot && process.seteuid?.(0))
  t.strictSame(
    found.files.map((file) => relative(folder, file)),
    ['a/photo.jpg', 'z/photo.jpg'],
  )
  t.match(found.unreadable, [{ path: /locked$/, code: 'EACCES' }])
  t.equal(found.unreadable.length, 1)
  if (isRoot) process.seteuid?.(65_534)
  const alone = await findFiles([join(folder, 'locked')]).finally(() => isRoot && process.seteuid?.(0))
  t.match(alone, { files: [], unreadable: [{ code: 'EACCES' }] })
})
