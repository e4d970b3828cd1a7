import { describe, expect, test } from '@jest/globals'
import { createAlarms } from '../../src/events/alarm.ts'
import type { Standing } from '../../src/events/board.ts'
import { identityOf } from '../../src/events/identity.ts'
import type { Condition } from '../../src/exit-game/condition.ts'
import { createGuardStatus } from '../../src/guard/guard-status.ts'
import { createObligationAlarms } from '../../src/guard/obligation-alarms.ts'
import { createObligations } from '../../src/guard/obligations.ts'
import { statusText } from '../../src/cli/status-report.ts'
import { nobody } from '../support/alarms.ts'
import { silentLogger } from '../../src/lib/logger.ts'
import type { Address, Timestamp } from '../../src/plasma/units.ts'
import type { SentTransaction } from '../../src/store/sent-transactions.ts'
import { hashOf, invalidExit } from '../support/conditions.ts'
import { memoryJournal } from '../support/journal.ts'
import { alice } from '../support/signers.ts'
import { aWorld, exitGame } from '../support/world.ts'

/** An exit is invalid from second 1,000 on; a challenge is safe until 5,000. */
const theft = invalidExit({ since: 1_000n as Timestamp })
const occurrence = `${hashOf('e')}:0`
const ether = { exitable: true, amount: theft.amount }

const available: Condition = {
  ...{ type: 'piggyback_available', exitId: 9n, side: 'output', index: 1, owner: alice.address },
  ...{ txHash: hashOf('9'), txBytes: '0x09', occurrence: { txHash: hashOf('d'), rank: 10 }, ethHeight: 5n },
  ...{ since: 1_000n as Timestamp, deadline: 2_000n as Timestamp },
}

function sentAs(different: Partial<SentTransaction> = {}): SentTransaction {
  return {
    key: `${exitGame}:challengeStandardExit:7:${occurrence}`,
    purpose: 'challengeStandardExit',
    account: alice.address,
    nonce: 3,
    txHashes: [hashOf('1'), hashOf('2')],
    underWay: true,
    updatedAt: 1_500n as Timestamp,
    ...different,
  }
}

function aGuard() {
  const journal = memoryJournal()
  const now = { standing: undefined as Standing | undefined, sent: [] as SentTransaction[] }
  const contracts = aWorld({ exits: { 7: ether } }).world
  const ports = { standing: () => now.standing, sent: () => now.sent, journal, contracts }
  const obligations = createObligations(ports)
  const alarms = createAlarms({ journal, emit: async () => {}, people: nobody, log: silentLogger })
  const { look } = createObligationAlarms({ ...ports, duties: obligations.duties, alarms, log: silentLogger })
  return {
    ...{ journal, obligations, alarms, now },
    /** What is true at a second, and what is said of it. */
    at: async (second: bigint, ...conditions: Condition[]) => {
      const head = { number: second / 10n, hash: hashOf('b'), timestamp: second as Timestamp }
      now.standing = { conditions: new Map(conditions.map((each) => [identityOf(each), each])), head }
      await look()
      return alarms.standing().map(({ kind, exitId }) => `${kind} ${String(exitId)}`)
    },
  }
}

describe('an obligation', () => {
  test('is what is true, with the time that is left and what hangs on it, before anybody has tried', async () => {
    const guard = aGuard()
    expect(await guard.obligations.list()).toEqual([])
    await guard.at(1_200n, theft)
    expect(await guard.obligations.list()).toEqual([
      {
        ...{ identity: identityOf(theft), event: 'invalid_exit', exitId: 7n, occurrence },
        ...{ since: 1_000n, deadline: 5_000n, left: 3_800n, stake: theft.amount, own: false },
        ...{ attempts: 0, transactions: [], state: 'waiting' },
      },
    ])
  })

  test('is being answered while its processes run or its transaction is under way, and lists that one', async () => {
    const guard = aGuard()
    await guard.at(1_200n, theft)
    const noted = { attempt: 2, emittedAt: 1_100n as Timestamp }
    await guard.journal.remember(identityOf(theft), { ...noted, ended: false })
    expect(await guard.obligations.list()).toMatchObject([{ state: 'answering', attempts: 2, transactions: [] }])
    await guard.journal.remember(identityOf(theft), { ...noted, ended: true })
    expect(await guard.obligations.list()).toMatchObject([{ state: 'waiting' }])
    guard.now.sent = [sentAs()]
    expect(await guard.obligations.list()).toMatchObject([{ state: 'answering', transactions: [{ nonce: 3 }] }])
  })

  test('is answered once the transaction is mined, but not for ever: what stays true is not answered by it', async () => {
    const guard = aGuard()
    guard.now.sent = [sentAs({ underWay: false, outcome: 'done_by_us' })]
    await guard.at(1_600n, theft)
    expect(await guard.obligations.list()).toMatchObject([{ state: 'answered' }])
    await guard.at(2_200n, theft)
    expect(await guard.obligations.list()).toMatchObject([{ state: 'waiting' }])
  })

  test('is silent for the reason that the journal knows', async () => {
    const guard = aGuard()
    await guard.at(6_000n, theft)
    const head = { number: 1n, hash: hashOf('b') }
    const silence = { outcome: 'impossible', reason: 'no proof', head } as const
    await guard.journal.remember(identityOf(theft), {
      attempt: 1,
      emittedAt: 1_100n as Timestamp,
      ended: true,
      silence,
    })
    expect(await guard.obligations.list()).toMatchObject([{ state: 'silent', reason: 'impossible: no proof' }])
  })

  test('is overdue behind its deadline', async () => {
    const guard = aGuard()
    await guard.at(5_000n, theft)
    expect(await guard.obligations.list()).toMatchObject([{ state: 'waiting', left: 0n }])
    await guard.at(5_001n, theft)
    expect(await guard.obligations.list()).toMatchObject([{ state: 'overdue', left: -1n }])
  })

  test.each([
    ['of another exit', `${exitGame}:challengeStandardExit:77:${occurrence}`, false],
    ['of another start of the exit', `${exitGame}:challengeStandardExit:7:${occurrence}0`, false],
    ['with a variant', `${exitGame}:challengeStandardExit:7:${occurrence}:5@6`, true],
  ])('takes a transaction %s for what it is', async (_, key, isOurs) => {
    const guard = aGuard()
    guard.now.sent = [sentAs({ key })]
    await guard.at(1_200n, theft)
    const [found] = await guard.obligations.list()
    expect(found?.transactions.length).toBe(isOurs ? 1 : 0)
  })

  test('to leave shows the exits that are under way', async () => {
    const guard = aGuard()
    const leave = { type: 'block_withholding', blknum: 1000n, hash: hashOf('c') } as const
    const withheld: Condition = { ...leave, occurrence: theft.occurrence, ethHeight: 5n, deadline: 2_000n as Timestamp }
    guard.now.sent = [sentAs({ key: `${exitGame}:startStandardExit:7`, purpose: 'startStandardExit' }), sentAs()]
    await guard.at(1_200n, withheld)
    expect(await guard.obligations.list()).toMatchObject([
      { event: 'block_withholding', blknum: 1000n, own: true, transactions: [{ purpose: 'startStandardExit' }] },
    ])
    expect(await guard.at(1_999n, withheld)).toEqual(['answer_urgent undefined'])
    guard.now.sent = []
    expect(await guard.at(2_001n, withheld)).toEqual(['answer_urgent undefined'])
  })
})

describe('a deadline', () => {
  test('calls once in the last quarter of its time, and again when it has passed', async () => {
    const guard = aGuard()
    expect(await guard.at(3_999n, theft)).toEqual([])
    expect(await guard.at(4_000n, theft)).toEqual(['answer_urgent 7'])
    expect(await guard.at(4_500n, theft)).toEqual(['answer_urgent 7'])
    expect(await guard.at(5_001n, theft)).toEqual(['answer_urgent 7', 'answer_late 7'])
    expect([...guard.journal.kept.values()].map(({ attempt }) => attempt)).toEqual([1, 1])
  })

  test('of which nobody knows the beginning calls ten minutes before', async () => {
    const guard = aGuard()
    const unknown = invalidExit()
    expect(await guard.at(2_000n, unknown)).toEqual([])
    expect(await guard.at(4_399n, unknown)).toEqual([])
    expect(await guard.at(4_400n, unknown)).toEqual(['answer_urgent 7'])
  })

  test('of which nobody knows the beginning calls nobody as soon as it is seen: a quarter of what is left is its time', async () => {
    const guard = aGuard()
    const unknown = invalidExit()
    expect(await guard.at(4_600n, unknown)).toEqual([])
    expect(await guard.at(4_899n, unknown)).toEqual([])
    expect(await guard.at(4_900n, unknown)).toEqual(['answer_urgent 7'])
  })

  test('calls nobody when an answer is mined, and is over when its exit is', async () => {
    const guard = aGuard()
    await guard.at(4_100n, theft)
    guard.now.sent = [sentAs({ underWay: false, outcome: 'done_by_us', updatedAt: 4_100n as Timestamp })]
    expect(await guard.at(4_200n, theft)).toEqual([])
    expect(await guard.at(4_300n)).toEqual([])
  })

  test('that passed is over when somebody has challenged after all', async () => {
    const guard = aGuard()
    await guard.at(4_100n, theft)
    expect(await guard.at(5_100n, theft)).toContain('answer_late 7')
    expect(await guard.at(5_200n)).toEqual([])
  })

  test('of phase 1 is late in the second in which the matter is gone', async () => {
    const guard = aGuard()
    expect(await guard.at(1_900n, available)).toEqual(['answer_urgent 9'])
    expect(await guard.at(2_000n)).toEqual(['answer_late 9'])
  })

  test('of phase 1 is not late when the matter was settled before, or was to be left alone', async () => {
    const settled = aGuard()
    await settled.at(1_900n, available)
    expect(await settled.at(1_950n)).toEqual([])
    const silent = aGuard()
    const silence = { outcome: 'not_needed', reason: 'held back', head: { number: 1n, hash: hashOf('b') } } as const
    const noted = { attempt: 1, emittedAt: 1_100n as Timestamp, ended: true }
    await silent.journal.remember(identityOf(available), { ...noted, silence })
    await silent.at(1_900n, available)
    await silent.journal.remember(identityOf(available), noted)
    expect(await silent.at(2_000n)).toEqual([])
  })
})

test('the status is JSON without null, the most urgent first, and a page for people', async () => {
  const guard = aGuard()
  guard.now.sent = [sentAs()]
  await guard.at(1_900n, theft, available)
  const status = await createGuardStatus({
    ...{ mode: 'defend', gate: { state: () => ({ state: 'open' }) }, own: new Set<Address>([alice.address]) },
    deployment: { chainId: 1n, framework: exitGame },
    head: async () => ({ number: 193n, hash: hashOf('b'), timestamp: 1_930n as Timestamp }),
    standing: () => guard.now.standing,
    obligations: guard.obligations.list,
    sent: () => guard.now.sent,
    alarms: guard.alarms.standing,
    snapshot: () => undefined,
    refusal: 'its mode is defend',
  })()
  expect(JSON.parse(JSON.stringify(status))).toEqual(status)
  expect(JSON.stringify(status)).not.toContain('null')
  expect(status).toMatchObject({
    root_chain: { chain_id: '1', height: '193', timestamp: '1930', judged_height: '190', lag: '3' },
    leaving: { allowed: false, because: 'its mode is defend' },
    obligations: [
      { event: 'piggyback_available', exit_id: '9', side: 'output', index: 1, seconds_left: '100', own: true },
      { event: 'invalid_exit', stake: '1000000000000000000', state: 'answering', transactions: [{ nonce: 3 }] },
    ],
    transactions: [{ purpose: 'challengeStandardExit', tx_hash: hashOf('2'), under_way: true }],
    alarms: [{ kind: 'answer_urgent', level: 'critical' }],
  })
  const page = statusText(status)
  expect(page).toContain('mode defend, open')
  expect(page).toMatch(/1 min 40 s +piggyback_available +exit 9 output 1 +\? own +waiting/)
  expect(page).toMatch(/51 min 40 s +invalid_exit +exit 7 +1 ETH +answering +0 +0x2222/)
})
