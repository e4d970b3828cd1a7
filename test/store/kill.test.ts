import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { follow, storyOf } from './follow.ts'
import { contentOf, openStore } from './stores.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ledger-kill-'))
})
afterEach(() => {
  rmSync(directory, { recursive: true })
})

/** What a store holds that was never disturbed. */
async function undisturbed(fork: number): Promise<object> {
  const store = openStore()
  await follow(store.facts, storyOf(fork), () => {})
  const content = contentOf(store.database)
  store.discard()
  return content
}

const SIDES = ['ledger.sqlite', 'ledger.sqlite-wal'] as const

/** What a process leaves that dies now: what it has told the operating system, and nothing else. */
function leave(from: string, to: string): void {
  for (const side of SIDES) {
    rmSync(join(to, side), { force: true })
    if (existsSync(join(from, side))) copyFileSync(join(from, side), join(to, side))
  }
}

test('whoever goes on from any moment of a death ends where an undisturbed one ends', async () => {
  const [one, other] = [await undisturbed(1), await undisturbed(2)]
  const store = openStore()
  const deaths: string[] = []
  let moment = 0
  await follow(store.facts, storyOf(1), () => {
    if (moment++ % 9 !== 0) return
    deaths.push(mkdtempSync(join(directory, 'death-')))
    leave(store.directory, deaths.at(-1) ?? '')
  })
  store.discard()

  expect(deaths.length).toBeGreaterThan(10)
  for (const [index, death] of deaths.entries()) {
    const again = openStore(death)
    await follow(again.facts, storyOf(1 + (index % 2)), () => {})
    expect(contentOf(again.database)).toEqual(index % 2 === 0 ? one : other)
    again.database.close()
  }
})

test('a store whose process is killed again and again, while the root chain forks, ends as if nothing had been', async () => {
  const loader = fileURLToPath(new URL('../devnet/drill/ts-loader.mjs', import.meta.url))
  const killed = fileURLToPath(new URL('killed.ts', import.meta.url))
  for (let round = 0; round < 6; round++) {
    const child = spawn(process.execPath, ['--import', loader, killed, directory, String(1 + (round % 2))], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exit = once(child, 'exit')
    await Promise.race([once(child.stdout, 'data'), exit])
    await Promise.race([sleep(7 + 23 * round), exit])
    child.kill('SIGKILL')
    await exit
  }
  const store = openStore(directory)
  await follow(store.facts, storyOf(3), () => {})

  expect(contentOf(store.database)).toEqual(await undisturbed(3))
  store.database.close()
})
