import { test } from 'tap'
import { findClosure } from '../../build/read-lockfile.ts'

const packages = {
  'node_modules/a': { version: '1', dependencies: { b: '^1' }, optionalDependencies: { native: '1' } },
  'node_modules/a/node_modules/b': { version: '1.5', dependencies: { c: '*' } },
  'node_modules/b': { version: '2' },
  'node_modules/c': { version: '3', dependencies: { a: '*' } },
  'node_modules/native': { version: '1', cpu: ['arm64'] },
  'node_modules/other': { version: '1' },
}

test('dependencies are resolved as Node does', async (t) => {
  t.strictSame(Object.keys(findClosure(packages, 'a')), [
    'node_modules/a',
    'node_modules/a/node_modules/b',
    'node_modules/c',
    'node_modules/native',
  ])
})

test('a package missing from the lockfile is an error', async (t) => {
  t.throws(() => findClosure(packages, 'gone'), { message: 'package-lock.json does not contain gone.' })
})
