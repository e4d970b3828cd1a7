import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url))
const MINUTE = 60_000

const inBothModes = `
  invalid_exit_eth invalid_exit_erc20 invalid_exit_inflight_spender restarted_exit
  lost_race_before lost_race_same_block standard_exit_on_input noncanonical_ife_included
  noncanonical_ife_included_erc20 noncanonical_ife_inflight noncanonical_ife_inflight_erc20 noncanonical_ife_older
  noncanonical_ife_older_erc20 invalid_ife_challenge_phase_1 invalid_ife_challenge_phase_2 invalid_piggyback_input
  invalid_piggyback_input_erc20 invalid_piggyback_output repeated_piggyback piggyback_available_output
  piggyback_available_input bonds_home honest_chain unchallenged_exit
  unchallenged_noncanonical_ife_phase_1 unchallenged_noncanonical_ife_phase_2 invalid_block_mint invalid_block_double_spend
  invalid_block_theft invalid_block_phantom_input invalid_block_forged block_withholding
`
const words = (text: string) => text.trim().split(/\s+/)
const plays = [
  ...words(inBothModes).flatMap((name) => [`${name} embedded`, `${name} remote`]),
  'unchallenged_piggyback embedded',
  'unchallenged_piggyback remote',
  ...words('lying_watcher lying_watcher_leave blind_watcher stale_watcher').map((name) => `${name} remote`),
]

// Everything that a drill starts inherits its temporary folder, or lives below it: that is how it is found again.
let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drill-test-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

function start(...args: readonly string[]) {
  const child = spawn(process.execPath, [main, 'drill', ...args], { env: { ...process.env, TMPDIR: folder } })
  const output: string[] = []
  const progress: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => output.push(line))
  createInterface({ input: child.stderr }).on('line', (line) => progress.push(line))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  return { child, output, progress, ended }
}

/** Numbers of the processes that belong to this test. Only Linux tells. */
function relatives(): string[] {
  if (!existsSync('/proc/self/environ')) return []
  const speaksOfUs = (pid: string) =>
    ['environ', 'cmdline'].some((file) => {
      try {
        return readFileSync(join('/proc', pid, file), 'utf8').includes(folder)
      } catch {
        return false
      }
    })
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && speaksOfUs(name))
}

async function untilNobodyIsLeft(): Promise<void> {
  while (relatives().length > 0) await pause(50)
}

async function untilItSays(drill: { progress: readonly string[]; child: ChildProcess }, text: string): Promise<void> {
  while (!drill.progress.some((line) => line.includes(text))) {
    if (drill.child.exitCode !== null) throw new Error(`It ended: ${drill.progress.join('\n')}`)
    await pause(50)
  }
}

describe('plasma-guard drill', () => {
  test(
    'plays every scenario against a real guard, each ends as it must, and nothing is left behind',
    async () => {
      const drill = start('--json')
      const exitCode = await drill.ended
      const results = drill.output.map((line) => JSON.parse(line) as Record<string, unknown>)
      const failed = results.filter(({ outcome }) => outcome !== 'pass')
      expect(failed).toEqual([])
      expect(exitCode).toBe(0)
      expect(results.map(({ scenario, mode }) => `${String(scenario)} ${String(mode)}`).sort()).toEqual(plays.sort())
      for (const result of results) {
        const keys = ['scenario', 'event', 'mode', 'outcome', 'answers', 'detectMs', 'respondMs', 'note']
        expect(Object.keys(result)).toEqual(keys)
      }
      expect(relatives()).toEqual([])
      expect(readdirSync(folder)).toEqual([])
    },
    30 * MINUTE,
  )

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'ends all that it has started when it gets %s, and fails',
    async (signal) => {
      const drill = start('--json', '--scenario', 'honest_chain')
      await untilItSays(drill, 'the guard is at work')
      drill.child.kill(signal)
      expect(await drill.ended).toBe(1)
      expect(relatives()).toEqual([])
      expect(readdirSync(folder)).toEqual([])
      const notes = drill.output.map((line) => (JSON.parse(line) as { note: string }).note)
      expect(notes).toEqual(['interrupted', 'interrupted'])
    },
    3 * MINUTE,
  )

  test(
    'takes all that it has started with it when it is killed',
    async () => {
      const drill = start('--scenario', 'honest_chain')
      await untilItSays(drill, 'the guard is at work')
      drill.child.kill('SIGKILL')
      await drill.ended
      await untilNobodyIsLeft()
    },
    3 * MINUTE,
  )

  test(
    'lists what there is to play, and does not play what there is not',
    async () => {
      const list = start('--list')
      expect(await list.ended).toBe(0)
      expect(list.output.map((line) => line.split(' ')[0])).toContain('invalid_exit_eth')
      const wrong = start('--scenario', 'no_such_thing')
      expect(await wrong.ended).toBe(1)
      expect(wrong.progress.join('\n')).toContain('There is no scenario no_such_thing')
    },
    MINUTE,
  )
})
