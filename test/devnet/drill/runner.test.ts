import { describe, expect, test } from '@jest/globals'
import { asSummary, asTable } from '../../../devnet/drill/report.ts'
import { type OpenStage, playAll } from '../../../devnet/drill/runner.ts'
import { expectEqual, type Findings, type Result, type Scenario } from '../../../devnet/drill/scenario.ts'

type World = { tell: (text: string) => void }

const never = new Promise<never>(() => undefined)
const seen: Findings = {
  answers: [{ function: 'challengeStandardExit', txHash: '0x01', gasUsed: 234_567 }],
  detectMs: 12,
  respondMs: 34,
}

function story(name: string, play: Scenario<World>['play'] = () => Promise.resolve()): Scenario<World> {
  return { name, event: 'invalid_exit', modes: ['embedded'], story: 'A story.', play }
}

/** Opens worlds, and counts what is open. */
function stage(findings: Findings = seen) {
  const open = new Set<string>()
  const most = { atOnce: 0 }
  const openStage: OpenStage<World> = ({ scenario, mode, ends, tell }) => {
    const what = `${scenario.name} ${mode}`
    open.add(what)
    most.atOnce = Math.max(most.atOnce, open.size)
    ends.add(what, () => {
      open.delete(what)
    })
    return Promise.resolve({ world: { tell }, findings: () => Promise.resolve(findings) })
  }
  return { open, most, openStage }
}

async function play(
  scenarios: readonly Scenario<World>[],
  different: Partial<Parameters<typeof playAll<World>>[0]> = {},
): Promise<{ results: readonly Result[]; told: readonly Result[]; said: readonly string[] }> {
  const told: Result[] = []
  const said: string[] = []
  const results = await playAll<World>({
    scenarios,
    open: stage().openStage,
    atOnce: 2,
    timeLimitMs: 60_000,
    signal: new AbortController().signal,
    progress: (text) => said.push(text),
    onResult: (result) => told.push(result),
    ...different,
  })
  return { results, told, said }
}

describe('the drill', () => {
  test('reports what was seen in a scenario that ends as it must', async () => {
    const { results } = await play([story('invalid_exit_eth')])
    expect(results).toEqual([
      {
        scenario: 'invalid_exit_eth',
        event: 'invalid_exit',
        mode: 'embedded',
        outcome: 'pass',
        answers: seen.answers,
        detectMs: 12,
        respondMs: 34,
        note: '',
      },
    ])
  })

  test('plays a scenario in each of its modes, and keeps the order of the list whoever is ready first', async () => {
    const slow = story('slow', () => new Promise((resolve) => setImmediate(resolve)))
    const both: Scenario<World> = { ...story('both'), modes: ['embedded', 'remote'] }
    const { results } = await play([slow, both])
    expect(results.map(({ scenario, mode }) => [scenario, mode])).toEqual([
      ['slow', 'embedded'],
      ['both', 'embedded'],
      ['both', 'remote'],
    ])
  })

  test('fails a scenario that does not end as it must, with what was found, and goes on', async () => {
    const wrong = story('wrong', () => {
      expectEqual('the exit', 'open', 'challenged')
      return Promise.resolve()
    })
    const { results } = await play([wrong, story('right')])
    expect(results.map(({ outcome }) => outcome)).toEqual(['fail', 'pass'])
    expect(results[0]).toMatchObject({ note: 'the exit: expected "challenged", found "open"', answers: seen.answers })
  })

  test('fails a scenario whose world cannot be opened, and closes what was open already', async () => {
    const { open, openStage } = stage()
    const { results } = await play([story('broken')], {
      open: async (opening) => {
        await openStage(opening)
        throw new Error('the contracts do not compile')
      },
    })
    expect(results[0]).toMatchObject({ outcome: 'fail', note: 'the contracts do not compile', answers: [] })
    expect(open.size).toBe(0)
  })

  test('does not wait for a scenario that hangs, nor for a world that never opens', async () => {
    const { open, openStage } = stage()
    const limits = { timeLimitMs: 50, open: openStage }
    const hanging = await play([story('hanging', () => never)], limits)
    expect(hanging.results[0]).toMatchObject({ outcome: 'fail', note: 'not over after 0.05 s', answers: seen.answers })
    expect(open.size).toBe(0)
    const closed = await play([story('closed')], { ...limits, open: () => never })
    expect(closed.results[0]).toMatchObject({ outcome: 'fail', note: 'not over after 0.05 s' })
  })

  test('closes what a world opens after its time is over', async () => {
    let late: (() => void) | undefined
    const { results } = await play([story('late')], {
      timeLimitMs: 20,
      open: async ({ ends, signal }) => {
        await new Promise((resolve) => {
          signal.addEventListener('abort', resolve)
        })
        await new Promise((resolve) => setImmediate(resolve))
        return new Promise((resolve) => {
          ends.add('latecomer', () => {
            late?.()
          })
          resolve({ world: { tell: () => undefined }, findings: () => Promise.resolve(seen) })
        })
      },
    })
    expect(results[0]?.outcome).toBe('fail')
    await new Promise<void>((resolve) => {
      late = resolve
      setImmediate(resolve)
    })
  })

  test('plays no more than it was told to at the same time', async () => {
    const { most, openStage } = stage()
    const slow = () => new Promise<void>((resolve) => setImmediate(resolve))
    await play(
      ['a', 'b', 'c', 'd', 'e'].map((name) => story(name, slow)),
      { open: openStage, atOnce: 2 },
    )
    expect(most.atOnce).toBe(2)
  })

  test('ends everything when it is interrupted, and says so of each scenario', async () => {
    const { open, openStage } = stage()
    const controller = new AbortController()
    const pulls = story('pulls', () => {
      controller.abort()
      return never
    })
    const { results } = await play([pulls, story('next'), story('last')], {
      open: openStage,
      atOnce: 1,
      signal: controller.signal,
    })
    expect(results.map(({ note }) => note)).toEqual(['interrupted', 'interrupted', 'interrupted'])
    expect(open.size).toBe(0)
  })

  test('fails a scenario when something that it opened cannot tell what was seen', async () => {
    const { results } = await play([story('mute')], {
      open: () =>
        Promise.resolve({
          world: { tell: () => undefined },
          findings: () => Promise.reject(new Error('the chain is gone')),
        }),
    })
    expect(results[0]).toMatchObject({ outcome: 'fail', note: 'the chain is gone' })
  })

  test('says aloud what did not end well, and still passes what has passed', async () => {
    const { results, said } = await play([story('sticky')], {
      open: ({ ends }) => {
        ends.add('the chain', () => Promise.reject(new Error('no')))
        return Promise.resolve({ world: { tell: () => undefined }, findings: () => Promise.resolve(seen) })
      },
    })
    expect(results[0]?.outcome).toBe('pass')
    expect(said.join('\n')).toContain('sticky (embedded): the chain did not end well')
  })
})

describe('the report', () => {
  test('is a table with one row a scenario', async () => {
    const { results } = await play([story('invalid_exit_eth'), story('wrong', () => Promise.reject(new Error('no')))])
    const [header, first, second, ...rest] = asTable(results).split('\n')
    expect(header).toMatch(/^outcome +scenario +mode +event +answers +detect +respond +note$/)
    expect(first).toMatch(/^pass +invalid_exit_eth +embedded +invalid_exit +challengeStandardExit +12 ms +34 ms$/)
    expect(second).toMatch(/^fail +wrong .* no$/)
    expect(rest).toEqual([])
    expect(asSummary(results)).toBe('1 of 2 passed')
  })
})
