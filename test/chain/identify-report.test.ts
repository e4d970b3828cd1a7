import { describe, expect, test } from '@jest/globals'
import { identifyReport } from '../../src/chain/identify-report.ts'
import type { LocatedExit } from '../../src/chain/locate-standard-exit.ts'
import type { InFlightLog, LocatedInFlightExit } from '../../src/chain/locate-in-flight-exit.ts'
import type { WatcherReport } from '../../src/chain/watcher-report.ts'
import { toHex } from '../../src/lib/bytes.ts'
import type { Address, Hash, Seconds, Timestamp, Wei } from '../../src/plasma/units.ts'
import { hashOf } from '../support/conditions.ts'
import { atHeight, timeOf } from '../support/exits.ts'
import { alice, bob, mallory } from '../support/signers.ts'
import { at, pay, rawPayment, token } from '../support/transactions.ts'

const minExitPeriod = 6_000n as Seconds
const NOBODY = `0x${'00'.repeat(20)}` as Address
const EMPTY = {
  outputId: `0x${'00'.repeat(32)}` as Hash,
  exitTarget: NOBODY,
  token: NOBODY,
  amount: 0n as Wei,
  piggybackBondSize: 0n as Wei,
}
const { raw, txHash } = rawPayment([at(1n)], [pay(bob, 10n), pay(alice, 2n, token)])

function aPiece(owner: Address, currency: Address) {
  return { ...EMPTY, outputId: hashOf('d'), exitTarget: owner, token: currency }
}

/** An in-flight exit as our node shows it: Alice spends ether, Bob gets ether and she gets tokens. */
function anExit(different: Partial<LocatedInFlightExit['state']> = {}, later: InFlightLog[] = []): LocatedInFlightExit {
  return {
    exitId: 9n,
    txHash,
    state: {
      isCanonical: true,
      exitStartTimestamp: timeOf(100),
      exitMap: 0n,
      position: at(1n),
      inputs: [aPiece(alice.address, NOBODY), EMPTY, EMPTY, EMPTY],
      outputs: [aPiece(bob.address, NOBODY), aPiece(alice.address, token), EMPTY, EMPTY],
      bondOwner: alice.address,
      bondSize: 37n as Wei,
      oldestCompetitorPosition: 0n,
      ...different,
    },
    history: [{ ...atHeight(100), type: 'InFlightExitStarted', txHash, initiator: alice.address }, ...later],
  }
}

function piggyback(side: 'input' | 'output', index: number, height: number): InFlightLog {
  return { ...atHeight(height), type: 'InFlightExitPiggybacked', txHash, side, index, exitTarget: bob.address }
}

type World = {
  exit?: LocatedInFlightExit
  standard?: LocatedExit
  blocks?: Record<string, { root: Hash; timestamp: Timestamp }>
  overdueSince?: bigint
}

function identify(report: WatcherReport, { exit, standard, blocks = {}, overdueSince = 10_000n }: World = {}) {
  return identifyReport(report, {
    rootChain: {
      locateStandardExit: async () => standard,
      submittedBlock: async (blknum) => blocks[blknum.toString()],
      block: async (number) => ({ number, hash: hashOf('b'), timestamp: timeOf(Number(number)) }),
    },
    locator: {
      inFlightExit: async (named) => (named === exit?.txHash ? exit : undefined),
      block: async () => atHeight(55),
    },
    deployment: { minExitPeriod },
    overdueSince,
  })
}

const about = { exitId: 9n, txHash, txBytes: toHex(raw) }
const nothing = { ok: true, conditions: [] }

describe('A report of a standard exit', () => {
  const report = {
    event: 'invalid_exit' as const,
    utxo_pos: at(1000n),
    owner: mallory.address,
    currency: NOBODY,
    amount: 1n as Wei,
    eth_height: 1n,
    root_chain_txhash: undefined,
    spending_txhash: hashOf('5'),
    scheduled_finalization_time: 1n,
  }
  const standard: LocatedExit = {
    exitId: 7n,
    occurrence: { txHash: hashOf('e'), rank: 2 },
    blockNumber: 100n,
    state: {
      exitable: true,
      utxoPos: at(1000n),
      outputId: hashOf('1'),
      exitTarget: bob.address,
      amount: 5n as Wei,
      bondSize: 1n as Wei,
    },
  }
  const blocks = { 1000: { root: hashOf('a'), timestamp: timeOf(90) } }

  test('takes everything but the accusation from the chain', async () => {
    expect(await identify(report, { standard, blocks })).toMatchObject({
      conditions: [
        {
          type: 'invalid_exit',
          exitId: 7n,
          owner: bob.address,
          amount: 5n,
          occurrence: { txHash: hashOf('e'), rank: 2 },
          // Two periods after the output's block: later than one after the start.
          deadline: timeOf(90) + 12_000n,
          spendingTxHash: hashOf('5'),
        },
      ],
    })
  })

  test('is nothing when the exit was challenged, and unknown when there is none', async () => {
    const challenged = { ...standard, state: { ...standard.state, exitable: false } }
    expect(await identify(report, { standard: challenged, blocks })).toEqual(nothing)
    expect(await identify(report)).toEqual({ ok: false, why: 'the contract holds no such exit' })
    expect(await identify(report, { standard })).toMatchObject({ ok: false })
  })
})

describe('A report of an in-flight exit', () => {
  test.each(['noncanonical_ife', 'unchallenged_noncanonical_ife'] as const)('%s stands on the start', async (event) => {
    const exit = anExit()
    expect(await identify({ event, txbytes: raw }, { exit })).toEqual({
      ok: true,
      conditions: [
        { type: event, ...about, occurrence: exit.history[0].occurrence, ethHeight: 100n, deadline: timeOf(300) - 1n },
      ],
    })
  })

  test('is unknown when its transaction is another one by a single bit', async () => {
    const other = Uint8Array.from(raw)
    other[40] = (other[40] ?? 0) ^ 1
    expect(await identify({ event: 'noncanonical_ife', txbytes: other }, { exit: anExit() })).toMatchObject({
      ok: false,
    })
  })

  test('is unknown when no log shows its start', async () => {
    const exit = { ...anExit(), history: [piggyback('output', 0, 120)] as const }
    expect(await identify({ event: 'noncanonical_ife', txbytes: raw }, { exit })).toMatchObject({ ok: false })
  })

  test('invalid_ife_challenge stands on the newest challenge, until the first token may be paid', async () => {
    const challenge = (height: number): InFlightLog => ({
      ...atHeight(height),
      type: 'InFlightExitChallenged',
      txHash,
      challenger: mallory.address,
      competitorPosition: 5n,
    })
    const [first, second] = [challenge(110), challenge(130)]
    const later = [piggyback('output', 1, 105), first, piggyback('output', 0, 108), second]
    const state = { isCanonical: false, exitMap: 0b11_0000n }
    const report = { event: 'invalid_ife_challenge' as const, txbytes: raw }
    const [found] = conditionsOf(await identify(report, { exit: anExit(state, later) }))
    expect(found).toMatchObject({ ...about, occurrence: second.occurrence, deadline: timeOf(105) + 6_000n })
    // Of the tokens only ether is left.
    const [left] = conditionsOf(await identify(report, { exit: anExit({ ...state, exitMap: 0b1_0000n }, later) }))
    expect(left).toMatchObject({ deadline: timeOf(108) + 6_000n })
    const [unqueued] = conditionsOf(await identify(report, { exit: anExit({ isCanonical: false }, [first]) }))
    expect(unqueued).not.toHaveProperty('deadline')
    expect(await identify(report, { exit: anExit({}, later) })).toEqual(nothing)
    expect(await identify(report, { exit: anExit({ isCanonical: false }) })).toEqual(nothing)
  })

  test('piggyback_available gives each piece that is there and not joined, to the contract’s owner', async () => {
    const offered = [0, 1, 2, 7].map((index) => ({ index, address: mallory.address }))
    const report = {
      event: 'piggyback_available' as const,
      txbytes: raw,
      available_inputs: offered,
      available_outputs: offered,
    }
    const found = conditionsOf(await identify(report, { exit: anExit({ exitMap: 0b1_0000n }) }))
    expect(found).toMatchObject([
      { side: 'input', index: 0, owner: alice.address, deadline: timeOf(300) - 1n },
      { side: 'output', index: 1, owner: alice.address },
    ])
    expect(found).toHaveLength(2)
  })

  test('invalid_piggyback stands on the newest piggyback of the piece, until its token may be paid', async () => {
    const again = piggyback('output', 0, 140)
    const later = [piggyback('input', 0, 105), piggyback('output', 0, 110), again]
    const report = { event: 'invalid_piggyback' as const, txbytes: raw, inputs: [0, 1], outputs: [0, 1] }
    const blocks = { 1: { root: hashOf('a'), timestamp: timeOf(-1_000) } }
    const found = conditionsOf(await identify(report, { exit: anExit({ exitMap: 0b1_0001n }, later), blocks }))
    expect(found).toMatchObject([
      { type: 'invalid_piggyback', side: 'input', index: 0, ethHeight: 105n, deadline: timeOf(105) + 6_000n },
      { side: 'output', index: 0, occurrence: again.occurrence, deadline: timeOf(105) + 6_000n },
    ])
    expect(found).toHaveLength(2)
  })

  test('the age of the youngest input counts where it gives more time', async () => {
    const later = [piggyback('input', 0, 105)]
    const blocks = { 1: { root: hashOf('a'), timestamp: timeOf(104) } }
    const report = { event: 'invalid_piggyback' as const, txbytes: raw, inputs: [0], outputs: [] }
    const [found] = conditionsOf(await identify(report, { exit: anExit({ exitMap: 1n }, later), blocks }))
    expect(found).toMatchObject({ deadline: timeOf(104) + 12_000n })
  })

  test('a late bond makes nobody leave', async () => {
    const exit = anExit({ exitMap: 0b1_0000n }, [piggyback('output', 0, 110)])
    const report = { event: 'unchallenged_piggyback' as const, txbytes: raw, inputs: [], outputs: [0] }
    expect(await identify(report, { exit, overdueSince: 109n })).toEqual(nothing)
    expect(conditionsOf(await identify(report, { exit, overdueSince: 110n }))).toHaveLength(1)
  })
})

describe('A report of a block', () => {
  const blocks = { 1000: { root: hashOf('a'), timestamp: timeOf(90) } }
  const block = { blknum: 1000n, hash: hashOf('a') }

  test('counts when the framework holds that root under that number', async () => {
    const deadline = timeOf(90) + 6_000n - 1n
    const found = conditionsOf(
      await identify({ event: 'invalid_block', ...block, error_type: 'tx_execution' }, { blocks }),
    )
    expect(found).toMatchObject([
      { type: 'invalid_block', ...block, errorType: 'tx_execution', ethHeight: 55n, deadline },
    ])
    const withheld = await identify({ event: 'block_withholding', ...block, error_type: undefined }, { blocks })
    expect(conditionsOf(withheld)).toMatchObject([{ type: 'block_withholding', ...block, deadline }])
    expect(conditionsOf(withheld)[0]).not.toHaveProperty('errorType')
  })

  test.each([
    ['another root', { ...block, hash: hashOf('f') }],
    ['a block that was never submitted', { ...block, blknum: 2000n }],
  ])('does not count with %s', async (_, named) => {
    const report = { event: 'invalid_block' as const, ...named, error_type: undefined }
    expect(await identify(report, { blocks })).toEqual({ ok: false, why: 'the framework holds no such block' })
  })
})

function conditionsOf(found: Awaited<ReturnType<typeof identifyReport>>) {
  if (!found.ok) throw new Error(found.why)
  return found.conditions
}
