import { readFile } from 'node:fs/promises'
import t from 'tap'

const openapi = new URL('../', import.meta.url)
const read = async (path: string) => JSON.parse(await readFile(new URL(path, openapi), 'utf8'))

t.test(
  'the packages have the version of the contract and depend on exactly that version of each other',
  async (t) => {
    const { info } = await read('openapi.json')
    for (const name of ['client', 'react', 'uppy', 'cli']) {
      const { version, dependencies = {} } = await read(`packages/${name}/package.json`)
      t.equal(version, info.version, name)
      const changelog = await readFile(new URL(`packages/${name}/CHANGELOG.md`, openapi), 'utf8')
      t.match(changelog, new RegExp(`^## ${info.version}\\b`, 'm'), `${name} has an entry in its changelog`)
      for (const [dependency, range] of Object.entries(dependencies)) {
        if (dependency.startsWith('@hashgate/')) t.equal(range, info.version, `${name} on ${dependency}`)
      }
    }
  },
)
