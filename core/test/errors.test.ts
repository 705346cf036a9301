import t from 'tap'
import { DependencyUnavailable, LeaseLost, Rejection } from '../errors.ts'

t.test('an unavailable dependency is named, and its cause is kept for the log', async (t) => {
  const cause = new Error('connect ECONNREFUSED')
  const error = new DependencyUnavailable('catalog', cause)
  t.match(error, { name: 'DependencyUnavailable', dependency: 'catalog', message: /catalog/, cause })
})

t.test('a rejection carries the sentence of its reason unless it is given a more specific one', async (t) => {
  const sentence = 'The image is damaged or cut off and cannot be decoded.'
  t.match(new Rejection('image_corrupt'), { name: 'Rejection', reason: 'image_corrupt', message: sentence })
  const cause = new Error('premature end of JPEG image')
  const rejection = new Rejection('image_corrupt', 'The file ends at byte 7.', cause)
  t.match(rejection, { reason: 'image_corrupt', message: 'The file ends at byte 7.', cause })
})

t.test('a lost lease is not a rejection', async (t) => {
  t.match(new LeaseLost('taken'), { name: 'LeaseLost', message: 'taken' })
  t.notOk((new LeaseLost('taken') as Error) instanceof Rejection)
})
