import t from 'tap'
import { cutFileName } from '../../packages/client/src/cut-file-name.ts'

t.test('a long name is cut to 255 characters without splitting one', async (t) => {
  t.equal(cutFileName('beach.jpg'), 'beach.jpg')
  t.equal(cutFileName('é'.repeat(300)), 'é'.repeat(255))
  const cut = cutFileName(`${'a'.repeat(254)}🖼🖼.jpg`)
  t.equal(cut, `${'a'.repeat(254)}🖼`)
  t.ok(cut.isWellFormed())
})
