import { describe, expect, test } from '@jest/globals'
import type { Condition } from '../../src/exit-game/condition.ts'
import type { GuardEvent } from '../../src/events/event.ts'
import { createEventSource } from '../../src/events/source.ts'
import { silentLogger } from '../../src/lib/logger.ts'
import type { Timestamp } from '../../src/plasma/units.ts'
import { hashOf, invalidExit } from '../support/conditions.ts'
import { memoryJournal } from '../support/journal.ts'

const at = (second: number) => ({ number: BigInt(second), hash: hashOf('b'), timestamp: BigInt(second) as Timestamp })
const exit = invalidExit()
const answer = { events: ['invalid_exit' as const], subject: { exitId: 7n }, occurrence: `${hashOf('e')}:0` }

function aSource({
  journal = memoryJournal(),
  emit = async () => {},
  canonical = async () => true,
}: {
  journal?: ReturnType<typeof memoryJournal>
  emit?: (event: GuardEvent) => Promise<void>
  canonical?: () => Promise<boolean>
} = {}) {
  const emitted: GuardEvent[] = []
  const source = createEventSource({
    journal,
    emit: async (event) => {
      emitted.push(event)
      await emit(event)
    },
    isCanonical: canonical,
    log: silentLogger,
  })
  const see = async (second: number, ...conditions: Condition[]) => {
    await source.observe(conditions, at(second))
    await Promise.resolve()
  }
  const attempts = () => emitted.map(({ data }) => data['attempt'])
  return { source, journal, emitted, see, attempts }
}

describe('Mallory starts an invalid exit', () => {
  test('it is emitted at the first head that shows it, as mesg.yml describes it', async () => {
    const { emitted, see } = aSource()
    await see(1, exit)
    expect(emitted).toEqual([
      {
        key: 'invalid_exit',
        data: {
          exit_id: '7',
          utxo_pos: '1000000000001',
          owner: `0x${'3a'.repeat(20)}`,
          currency: `0x${'00'.repeat(20)}`,
          amount: '1000000000000000000',
          eth_height: 100,
          root_chain_txhash: hashOf('e'),
          scheduled_finalization_time: '5000',
          spending_txhash: hashOf('5'),
          occurrence: `${hashOf('e')}:0`,
          deadline: '5000',
          attempt: 1,
        },
      },
    ])
  })

  test('while the processes are at work on it nothing is emitted, however long they take', async () => {
    const { see, attempts } = aSource({ emit: () => new Promise(() => {}) })
    for (const second of [1, 2, 500, 5_000]) await see(second, exit)
    expect(attempts()).toEqual([1])
  })

  test('while it stays true and nothing is at work it is emitted again, each time after a longer pause', async () => {
    const { source, see, attempts } = aSource()
    const seen: number[] = []
    for (let second = 1; second <= 400; second += 1) {
      const before = attempts().length
      await see(second, exit)
      await source.idle()
      if (attempts().length > before) seen.push(second)
    }
    expect(attempts()).toEqual([1, 2, 3, 4])
    expect(seen).toEqual([1, 31, 91, 211])
  })

  test('started again after processing omitted it, it is another occurrence and emitted at once', async () => {
    const { see, attempts } = aSource()
    await see(1, exit)
    await see(2, invalidExit({ occurrence: { txHash: hashOf('f'), rank: 0 } }))
    expect(attempts()).toEqual([1, 1])
  })

  test('reported by two sources it is one matter', async () => {
    const { see, attempts } = aSource()
    await see(1, exit, invalidExit({ rootChainTxHash: hashOf('0') }))
    expect(attempts()).toEqual([1])
  })

  test('two logs of one transaction are two matters', async () => {
    const { see, attempts } = aSource()
    await see(1, exit, invalidExit({ exitId: 8n, occurrence: { txHash: hashOf('e'), rank: 1 } }))
    expect(attempts()).toEqual([1, 1])
  })
})

describe('the attempt', () => {
  test('goes on counting after a restart, and a run that a crash cut off is due at once', async () => {
    const before = aSource({ emit: () => new Promise(() => {}) })
    await before.see(1, exit)
    const after = aSource({ journal: before.journal })
    await after.see(2, exit)
    expect(after.attempts()).toEqual([2])
  })

  test('is kept when the condition disappears and comes back', async () => {
    const { source, see, attempts } = aSource()
    await see(1, exit)
    await source.idle()
    await see(2)
    await see(100, exit)
    expect(attempts()).toEqual([1, 2])
  })

  test('goes up too when the processes refuse the event', async () => {
    const { source, see, attempts } = aSource({ emit: async () => Promise.reject(new Error('no such process')) })
    await see(1, exit)
    await source.idle()
    await see(31, exit)
    expect(attempts()).toEqual([1, 2])
  })
})

describe('when nothing is to be waited for', () => {
  test('what only waits for its cool-down is emitted at the next look, once', async () => {
    const { source, see, attempts } = aSource()
    await see(1, exit)
    await source.idle()
    source.hurry()
    await see(2, exit)
    await source.idle()
    await see(3, exit)
    expect(attempts()).toEqual([1, 2])
  })

  test('what is still at work is emitted when that has ended', async () => {
    let finish = () => {}
    const { source, see, attempts } = aSource({ emit: () => new Promise((resolve) => (finish = resolve)) })
    await see(1, exit)
    source.hurry()
    await see(2, exit)
    expect(attempts()).toEqual([1])
    finish()
    await source.idle()
    await see(3, exit)
    expect(attempts()).toEqual([1, 2])
  })

  test('what is silent stays silent', async () => {
    const { source, see, attempts } = aSource()
    await see(1, exit)
    await source.idle()
    await source.answered(answer, { outcome: 'too_late', reason: 'processed' })
    source.hurry()
    await see(2, exit)
    expect(attempts()).toEqual([1])
  })
})

describe('silence', () => {
  async function silenced(canonical = async () => true) {
    const all = aSource({ canonical })
    await all.see(1, exit)
    await all.source.idle()
    await all.source.answered(answer, { outcome: 'too_late', reason: 'processed' })
    return all
  }

  test('follows an answer that no repetition improves', async () => {
    const { see, attempts } = await silenced()
    for (let second = 2; second < 2_000; second += 100) await see(second, exit)
    expect(attempts()).toEqual([1])
  })

  test('ends after an hour of chain time: a node that lagged may have called an open exit gone', async () => {
    const { see, attempts } = await silenced()
    await see(3_600, exit)
    expect(attempts()).toEqual([1])
    await see(3_601, exit)
    expect(attempts()).toEqual([1, 2])
  })

  test('ends when the condition goes and comes back', async () => {
    const { see, attempts } = await silenced()
    await see(50)
    await see(100, exit)
    expect(attempts()).toEqual([1, 2])
  })

  test('ends when the block at which it was reached leaves the chain', async () => {
    const { see, attempts } = await silenced(async () => false)
    await see(100, exit)
    expect(attempts()).toEqual([1, 2])
  })

  test('does not follow success, refusal, or an answer to another exit', async () => {
    for (const outcome of ['done_by_us', 'done_by_other', 'refused'] as const) {
      const { source, see, attempts } = aSource()
      await see(1, exit)
      await source.idle()
      await source.answered(answer, { outcome, reason: '' })
      await source.answered({ ...answer, subject: { exitId: 8n } }, { outcome: 'impossible', reason: '' })
      await see(31, exit)
      expect(attempts()).toEqual([1, 2])
    }
  })
})
