import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'

const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url))
const MINUTE = 60_000
const scenarios = ['invalid_exit_eth', 'noncanonical_ife_included', 'block_withholding']

// As a service each guard hears of its executions from the double alone: nothing else in it runs a process.
test.each(['a', 'b'])(
  'the guard as a service of an engine of generation %s ends the attacks as it does with its own engine',
  async (generation) => {
    const child = spawn(process.execPath, [main, 'drill', '--json', '--engine', generation, '--scenario', ...scenarios])
    const results: { scenario: string; mode: string; outcome: string; note: string }[] = []
    createInterface({ input: child.stdout }).on('line', (line) => results.push(JSON.parse(line) as (typeof results)[0]))
    child.stderr.resume()
    const exitCode = await new Promise((resolve) => child.once('close', resolve))
    expect(results.filter(({ outcome }) => outcome !== 'pass')).toEqual([])
    expect(results.map(({ scenario, mode }) => `${scenario} ${mode}`).sort()).toEqual(
      scenarios.flatMap((scenario) => [`${scenario} embedded`, `${scenario} remote`]).sort(),
    )
    expect(exitCode).toBe(0)
  },
  20 * MINUTE,
)
