import { describe, expect, test } from '@jest/globals'
import type { Condition, ConditionOf } from '../../src/exit-game/condition.ts'
import type { ExitGameEvent } from '../../src/exit-game/contract-event.ts'
import { explain, explainBlock, explainPieces } from '../../src/exit-game/explanation.ts'
import { judge } from '../../src/exit-game/judge.ts'
import type { Timestamp } from '../../src/plasma/units.ts'
import {
  blocked,
  challengedBy,
  childChain,
  gameOf,
  inFlightExitStarted,
  judgedAt,
  piggybacked,
  timeOf,
} from '../support/exits.ts'
import { hashOf } from '../support/conditions.ts'
import { alice, bob, mallory } from '../support/signers.ts'
import { pay, payment } from '../support/transactions.ts'

const chain = childChain()
const [coin, other] = [chain.deposit(mallory, 10n), chain.deposit(mallory, 4n)]
chain.block()
const own = payment(
  [
    { utxoPos: coin, signer: mallory },
    { utxoPos: other, signer: mallory },
  ],
  [pay(mallory, 14n)],
)
const rival = payment(
  [
    { utxoPos: other, signer: mallory },
    { utxoPos: coin, signer: mallory },
  ],
  [pay(bob, 14n)],
)
const start = inFlightExitStarted(chain, own, 100)
const pieces = [0, 1].map((index) => ({ side: 'input' as const, index }))

function judged(...events: readonly ExitGameEvent[]): Condition[] {
  return judge(gameOf(start, ...events), chain.evidence, judgedAt(120))
}

function ofType<Type extends Condition['type']>(conditions: readonly Condition[], type: Type): ConditionOf<Type>[] {
  return conditions.filter((condition): condition is ConditionOf<Type> => condition.type === type)
}

describe('why something is byzantine', () => {
  test('a competitor in no block is named without a place', () => {
    const [found] = judged(inFlightExitStarted(chain, rival, 101))
    expect(found && explain(found)).toEqual({
      byzantine_since: { eth_height: 100n, timestamp: timeOf(100) },
      cause: { txhash: rival.transaction.txHash, blknum: null, txindex: null },
      deadline: timeOf(100) + 2_999n,
    })
  })

  test('several pieces of one exit began with the first, and each has its spend', () => {
    const claims = pieces.map((piece, at) => piggybacked(own, piece, 110 - at))
    const found = ofType(judged(inFlightExitStarted(chain, rival, 101), ...claims.toReversed()), 'invalid_piggyback')
    const spend = { txhash: rival.transaction.txHash, blknum: null, txindex: null }
    expect(explainPieces(found)).toEqual({
      byzantine_since: { eth_height: 109n, timestamp: timeOf(109) },
      cause: [
        { type: 'input', index: 0, ...spend },
        { type: 'input', index: 1, ...spend },
      ],
      deadline: timeOf(109) + 6_000n,
    })
  })

  test('a piece that was challenged has no part in it', () => {
    const claims = pieces.map((piece) => piggybacked(own, piece, 110))
    const events = [inFlightExitStarted(chain, rival, 101), ...claims, blocked(own, { side: 'input', index: 0 }, 111)]
    expect(explainPieces(ofType(judged(...events), 'invalid_piggyback')).cause).toMatchObject([{ index: 1 }])
  })

  test('a challenge is denied by where the transaction stands', () => {
    const included = childChain()
    const hers = included.deposit(alice, 10n)
    const paid = payment([{ utxoPos: hers, signer: alice }], [pay(bob, 10n)])
    included.block(paid)
    const game = gameOf(
      inFlightExitStarted(included, paid, 100),
      challengedBy(paid, payment([{ utxoPos: hers, signer: alice }], [pay(alice, 10n)]), { height: 105 }),
    )
    const [found] = ofType(judge(game, included.evidence, judgedAt(110)), 'invalid_ife_challenge')
    expect(found && explain(found)).toMatchObject({
      byzantine_since: { eth_height: 105n, timestamp: timeOf(105) },
      cause: { txhash: paid.transaction.txHash, blknum: 1000n, txindex: 0 },
      deadline: null,
    })
  })

  test('of what an unknown source says, as much as it said', () => {
    const block = { blknum: 1000n, hash: hashOf('b'), occurrence: { txHash: hashOf('e'), rank: 0 }, ethHeight: 7n }
    expect(explainBlock({ type: 'invalid_block', errorType: 'incorrect_hash', ...block })).toEqual({
      byzantine_since: { eth_height: 7n, timestamp: null },
      cause: { rule: 'incorrect_hash', reason: null, txindex: null },
      deadline: null,
    })
    const since = 5n as Timestamp
    expect(explainBlock({ type: 'block_withholding', since, ...block })).toEqual({
      byzantine_since: { eth_height: 7n, timestamp: 5n },
      cause: null,
      deadline: null,
    })
  })
})
