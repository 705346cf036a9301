import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { checkContract } from '../../../checks/contract/check-contract.ts'

const committer = ['-c', 'user.name=test', '-c', 'user.email=test@localhost', '-c', 'commit.gpgsign=false']

/** A repository whose contract consists of a version and a list of calls. */
function startRepository(t: Test) {
  const repository = t.testdir()
  const git = (...args: string[]) => execFileSync('git', ['-C', repository, ...committer, ...args])
  git('init', '-q')
  mkdirSync(join(repository, 'openapi'))

  function write(version: string, ...calls: string[]): void {
    writeFileSync(join(repository, 'openapi/openapi.json'), JSON.stringify({ info: { version }, calls }))
  }
  function commit(version: string, ...calls: string[]): void {
    write(version, ...calls)
    git('add', '.')
    git('commit', '-qm', version)
  }
  return { repository, write, commit }
}

/** Reports removed calls as breaking changes. */
async function findMissingCalls(before: string, after: string): Promise<string> {
  const callsOf = (text: string): string[] => JSON.parse(text).calls
  const kept = new Set(callsOf(after))
  const missing = callsOf(before).filter((call) => !kept.has(call))
  return missing.map((call) => `${call} is gone`).join('\n')
}

async function check(t: Test, repository: string) {
  const said = [...(['log', 'error'] as const)].map((name) => t.capture(console, name))
  const passed = await checkContract(repository, findMissingCalls)
  return { passed, text: said.flatMap((capture) => capture().map(({ args }) => args.join(' '))).join('\n') }
}

t.test('adding a call is compatible', async (t) => {
  const { repository, write, commit } = startRepository(t)
  commit('1.0.0', 'ask')
  write('1.0.0', 'ask', 'list')
  t.match(await check(t, repository), { passed: true, text: /1 earlier/ })
})

t.test('a breaking change fails and is reported', async (t) => {
  const { repository, write, commit } = startRepository(t)
  commit('1.0.0', 'ask', 'list')
  write('1.1.0', 'ask')
  t.match(await check(t, repository), { passed: false, text: /list is gone.*info\.version/s })
})

t.test('a breaking change is reported even after another commit', async (t) => {
  const { repository, commit } = startRepository(t)
  commit('1.0.0', 'ask', 'list')
  commit('1.0.0', 'ask')
  commit('1.0.0', 'ask', 'more')
  t.match(await check(t, repository), { passed: false, text: 'list is gone' })
})

t.test('a new major version may have breaking changes', async (t) => {
  const { repository, write, commit } = startRepository(t)
  commit('1.0.0', 'ask', 'list')
  write('2.0.0', 'ask')
  t.match(await check(t, repository), { passed: true, text: /0 earlier/ })
})

t.test('the current contract is not compared with itself', async (t) => {
  const { repository, commit } = startRepository(t)
  commit('1.0.0', 'ask')
  t.match(await check(t, repository), { passed: true, text: /0 earlier/ })
})
