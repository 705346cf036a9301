/** `npm run test:mutation [-- ROOM…]`: changes the source of a folder piece by piece and counts the changes that its tests notice. */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runCommand } from '../run-command.ts'
import { rooms } from './mutation/rooms.ts'
import { testRoom } from './mutation/test-room.ts'

const repository = join(import.meta.dirname, '../..')

await runCommand(async () => {
  const { positionals } = parseArgs({ allowPositionals: true })
  const names = positionals.length > 0 ? positionals : Object.keys(rooms)
  for (const name of names) {
    if (!rooms[name]) throw new Error(`No room "${name}". Rooms: ${Object.keys(rooms).join(', ')}.`)
  }
  process.chdir(repository)
  const scores: string[] = []
  for (const name of names) scores.push(await testRoom(name, rooms[name] ?? []))
  console.log(scores.join('\n'))
  return 0
})
