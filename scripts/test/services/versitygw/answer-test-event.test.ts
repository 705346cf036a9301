import t from 'tap'
import { choosePorts } from '../../../services/choose-ports.ts'
import { answerTestEvent } from '../../../services/versitygw/answer-test-event.ts'

const { 's3-events': port } = await choosePorts()
const url = `http://127.0.0.1:${port}/s3-events`
const post = () => fetch(url, { method: 'POST', body: '{}' })

t.test('answers until the receiver starts', async (t) => {
  const makeRoom = await answerTestEvent(url)
  t.equal((await post()).status, 200)
  const second = await answerTestEvent(url)
  await second()
  t.equal((await post()).status, 200, 'a receiver that already listens is not affected')
  await makeRoom()
  await t.rejects(post())
})

t.test('does nothing for a receiver on another machine', async (t) => {
  const makeRoom = await answerTestEvent('http://receiver.example/s3-events')
  await t.resolves(makeRoom())
})
