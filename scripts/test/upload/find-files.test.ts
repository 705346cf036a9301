import { symlinkSync } from 'node:fs'
import { join, relative } from 'node:path'
import t from 'tap'
import { findFiles } from '../../upload/find-files.ts'

const directory = t.testdir({
  'a.jpg': '',
  'b.JPeG': '',
  'note.txt': '',
  '._a.jpg': 'what macOS leaves beside a.jpg',
  'photos [2024] {x}': { 'c.avif': '', deep: { 'd.tiff': '' } },
  empty: { 'note.txt': '' },
})
symlinkSync('/nowhere/at/all', join(directory, 'gone.jpg'))

const find = async (...paths: string[]) =>
  (await findFiles(paths.map((path) => join(directory, path)))).map((path) => relative(directory, path))

t.test('a folder expands to the images in it, sorted by name', async (t) => {
  t.strictSame(await find('.'), [
    'a.jpg',
    'b.JPeG',
    'photos [2024] {x}/c.avif',
    'photos [2024] {x}/deep/d.tiff',
  ])
})

t.test('a folder may be named like a glob', async (t) => {
  t.strictSame(await find('photos [2024] {x}'), ['photos [2024] {x}/c.avif', 'photos [2024] {x}/deep/d.tiff'])
})

t.test('a file given by its path is used whatever its extension', async (t) => {
  t.strictSame(await find('note.txt', '._a.jpg'), ['note.txt', '._a.jpg'])
})

t.test('globs', async (t) => {
  t.strictSame(await find('*.jpg'), ['a.jpg'])
  t.strictSame(await find('**/*.{avif,tiff}'), ['photos [2024] {x}/c.avif', 'photos [2024] {x}/deep/d.tiff'])
})

t.test('each file is listed once, in the given order', async (t) => {
  t.strictSame(await find('b.JPeG', 'a.jpg', './a.jpg', '*.JPeG', 'empty/../a.jpg'), ['b.JPeG', 'a.jpg'])
})

t.test('a path that matches nothing is an error', async (t) => {
  for (const path of ['none.jpg', 'empty', '*.gif', 'gone.jpg']) {
    await t.rejects(find('a.jpg', path), { message: `No image found at ${join(directory, path)}.` })
  }
})
