import { describe, expect, test } from '@jest/globals'
import { answerable } from '../../src/exit-game/answerable.ts'
import type { Condition } from '../../src/exit-game/condition.ts'
import type { ExitGameEvent } from '../../src/exit-game/contract-event.ts'
import { spentByExit } from '../../src/exit-game/finalized-outputs.ts'
import { judge } from '../../src/exit-game/judge.ts'
import { recoverSigners } from '../../src/exit-game/known-transaction.ts'
import { standardExitChallenge } from '../../src/exit-game/standard-exit-challenge.ts'
import type { UtxoPos } from '../../src/plasma/units.ts'
import {
  atHeight,
  challengedBy,
  childChain,
  exitStarted,
  gameOf,
  inFlightExitStarted,
  judgedAt,
  MEP,
  piggybacked,
  SLA,
  timeOf,
  withdrawn,
  type ChildChain,
} from '../support/exits.ts'
import { alice, bob, carol, mallory } from '../support/signers.ts'
import { framework, pay, payment, rawPayment, signedWith } from '../support/transactions.ts'

type Started = ReturnType<typeof exitStarted>

const challenged = ({ utxoPos }: Started, height: number): ExitGameEvent => ({
  ...atHeight(height),
  type: 'ExitChallenged',
  utxoPos,
})
const omitted = ({ exitId }: Started, height: number): ExitGameEvent => ({
  ...atHeight(height),
  type: 'ExitOmitted',
  exitId,
})
const finalized = ({ exitId }: Started, height: number): ExitGameEvent & { type: 'ExitFinalized' } => ({
  ...atHeight(height),
  type: 'ExitFinalized',
  exitId,
})

function judged(chain: ChildChain, events: readonly ExitGameEvent[], height: number): Condition[] {
  return judge(gameOf(...events), chain.evidence, judgedAt(height))
}

function typesOf(conditions: readonly Condition[]): string[] {
  return conditions.map(({ type }) => type)
}

describe('Mallory exits a coin that she has paid to Bob', () => {
  const chain = childChain()
  const coin = chain.deposit(mallory, 10n)
  const toBob = payment([{ utxoPos: coin, signer: mallory }], [pay(bob, 10n)])
  chain.block(toBob)
  const start = exitStarted(chain, coin, 100)

  test('her exit is invalid until the second from which it may be processed, and the payment proves it', () => {
    expect(judged(chain, [start], 101)).toEqual([
      {
        type: 'invalid_exit',
        exitId: start.exitId,
        utxoPos: coin,
        owner: mallory.address,
        currency: chain.output(coin).currency,
        amount: 10n,
        rootChainTxHash: start.occurrence.txHash,
        scheduledFinalizationTime: timeOf(100) + MEP,
        spendingTxHash: toBob.transaction.txHash,
        cause: { txHash: toBob.transaction.txHash, place: { blknum: 1000n, txIndex: 0 } },
        since: timeOf(100),
        deadline: timeOf(100) + MEP,
        occurrence: start.occurrence,
        ethHeight: 100n,
      },
    ])
  })

  test('when nobody challenges within the margin, users are told to leave as well', () => {
    expect(typesOf(judged(chain, [start], 100 + Number(SLA) - 1))).toEqual(['invalid_exit'])
    expect(typesOf(judged(chain, [start], 100 + Number(SLA)))).toEqual(['invalid_exit', 'unchallenged_exit'])
  })

  test('when somebody challenges, nothing is left to say', () => {
    expect(judged(chain, [start, challenged(start, 102)], 103)).toEqual([])
  })

  test('after the challenged exit was omitted she may start it again, and it is invalid again', () => {
    const again = exitStarted(chain, coin, 600)
    const [condition] = judged(chain, [start, challenged(start, 102), omitted(start, 550), again], 601)
    expect(condition).toMatchObject({ type: 'invalid_exit', exitId: start.exitId, occurrence: again.occurrence })
  })

  test('a replay of the old life does not close the new one', () => {
    const again = exitStarted(chain, coin, 600)
    const life = [start, challenged(start, 102), omitted(start, 550)]
    expect(typesOf(judged(chain, [...life, again, ...life], 601))).toEqual(['invalid_exit'])
  })

  test('once it was paid it is an alarm for ever, which nobody can answer', () => {
    const conditions = judged(chain, [start, finalized(start, 550)], 10_000)
    expect(typesOf(conditions)).toEqual(['invalid_exit', 'unchallenged_exit'])
    expect(typesOf(answerable(conditions, timeOf(10_000)))).toEqual(['unchallenged_exit'])
  })

  test('past its deadline a challenge is still tried: the exit may not have been processed', () => {
    expect(typesOf(answerable(judged(chain, [start], 5_000), timeOf(5_000)))).toContain('invalid_exit')
  })
})

describe('Alice exits a coin that nobody has spent', () => {
  const chain = childChain()
  const coin = chain.deposit(alice, 10n)
  chain.block()
  const start = exitStarted(chain, coin, 100)
  const exitable = 100 + Number(MEP) / 15

  test('there is nothing to say of it', () => {
    expect(judged(chain, [start], 100 + Number(SLA))).toEqual([])
  })

  test('it can be processed after its second, not in it', () => {
    expect(judged(chain, [start], exitable)).toEqual([])
    expect(judged(chain, [start], exitable + 1)).toMatchObject([
      { type: 'exit_processable', exitId: start.exitId, vaultId: 1n, payees: [chain.output(coin).owner] },
    ])
  })

  test('when it was paid, the ledger is told', () => {
    const game = gameOf(start, finalized(start, 600))
    expect(spentByExit(finalized(start, 600), game, chain.evidence.inclusion)).toEqual([coin])
    expect(judge(game, chain.evidence, judgedAt(601))).toEqual([])
  })

  test('when the contract was done with it before its start was read, there is nothing to answer', () => {
    expect(judged(chain, [{ ...start, exitable: false }], 10_000)).toEqual([])
  })

  test('no unsigned transaction that names her coin makes her exit invalid', () => {
    const own = chain.deposit(mallory, 5n)
    const inFlight = payment([{ utxoPos: own, signer: mallory }], [pay(mallory, 5n)])
    const raw = rawPayment([own, coin], [pay(mallory, 15n)])
    const [signature = new Uint8Array(65)] = payment(
      [{ utxoPos: own, signer: mallory }],
      [pay(mallory, 15n)],
    ).signatures
    const decoy = signedWith(raw, [signature, signature])
    const events = [start, inFlightExitStarted(chain, inFlight, 101), challengedBy(inFlight, decoy, { height: 102 })]
    expect(judged(chain, events, 200).filter(({ type }) => type === 'invalid_exit')).toEqual([])
  })
})

describe('the coin is not spent in a block, but its owner has signed a transaction that spends it', () => {
  const chain = childChain()
  const coin = chain.deposit(mallory, 10n)
  const second = chain.deposit(mallory, 7n)
  chain.block()
  const start = exitStarted(chain, coin, 100)
  const signed = payment(
    [
      { utxoPos: second, signer: mallory },
      { utxoPos: coin, signer: mallory },
    ],
    [pay(bob, 17n)],
  )
  const inFlight = payment([{ utxoPos: second, signer: mallory }], [pay(mallory, 7n)])

  test('an in-flight exit of that transaction makes the exit invalid', () => {
    const events = [start, inFlightExitStarted(chain, signed, 99)]
    expect(judged(chain, events, 101)[0]).toMatchObject({ spendingTxHash: signed.transaction.txHash })
  })

  test('it does so even after that in-flight exit was deleted', () => {
    const ife = inFlightExitStarted(chain, signed, 90)
    const deletion: ExitGameEvent = { ...atHeight(95), type: 'InFlightExitDeleted', exitId: ife.exitId }
    expect(judged(chain, [ife, deletion, start], 101)).toMatchObject([
      { type: 'invalid_exit', spendingTxHash: signed.transaction.txHash },
    ])
  })

  test('a competitor shown with one signature challenges the exit of every input of the same owner', () => {
    const events = [
      start,
      inFlightExitStarted(chain, inFlight, 101),
      challengedBy(inFlight, signed, { height: 102, inputIndex: 0 }),
    ]
    const game = gameOf(...events)
    const answer = standardExitChallenge({ game, evidence: chain.evidence }, coin, framework)
    expect(answer).toMatchObject({
      ok: true,
      data: { txbytes: signed.transaction.raw, input_index: 1, sig: signed.signatures[0] },
    })
  })

  test('a transaction in the archive does as well', () => {
    chain.archive.push(recoverSigners(signed, { framework }))
    expect(judged(chain, [start], 101)).toMatchObject([{ spendingTxHash: signed.transaction.txHash }])
    chain.archive.pop()
  })
})

describe('an in-flight exit has taken the output of a standard exit', () => {
  const chain = childChain()
  const coin = chain.deposit(alice, 10n)
  const toBob = payment([{ utxoPos: coin, signer: alice }], [pay(bob, 10n)])
  const bobs = chain.block(toBob)
  const ife = inFlightExitStarted(chain, toBob, 50)
  const piece = { side: 'output' as const, index: 0 }
  const paid = withdrawn(toBob, piece, 160)
  const exit = exitStarted(chain, bobs, 100)
  const events = [exit, ife, piggybacked(toBob, piece, 60), paid]

  test('it takes the output and every input from the ledger', () => {
    expect(spentByExit(paid, gameOf(...events), chain.evidence.inclusion)).toEqual([coin, bobs])
  })

  test('there is nothing to say of the standard exit: the contract will omit it, and nobody can challenge it', () => {
    chain.ledger.exit([bobs])
    expect(judged(chain, events, 1_000)).toEqual([])
    expect(judged(chain, [...events, omitted(exit, 1_000)], 1_001)).toEqual([])
  })

  test('once its owner has signed the output away as well, it can be challenged for its bond, but makes nobody leave', () => {
    chain.archive.push(recoverSigners(payment([{ utxoPos: bobs, signer: bob }], [pay(carol, 10n)]), { framework }))
    expect(typesOf(judged(chain, events, 1_000))).toEqual(['invalid_exit', 'invalid_piggyback'])
    chain.archive.pop()
  })
})

test('an exit of an output in a block that is not applied yet is not judged', () => {
  const chain = childChain()
  const coin = chain.deposit(alice, 10n)
  const start = exitStarted(chain, coin, 100)
  const unknown = { ...start, utxoPos: 1_000_000_000_000n as UtxoPos }
  expect(judged(chain, [unknown], 150)).toEqual([])
})
