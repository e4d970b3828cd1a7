import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { answerable } from '../../src/exit-game/answerable.ts'
import type { Condition } from '../../src/exit-game/condition.ts'
import type { ExitGameEvent } from '../../src/exit-game/contract-event.ts'
import { advanceGame, emptyGame, foldGame, type ExitGame } from '../../src/exit-game/exit-game.ts'
import { inFlightExitId } from '../../src/exit-game/exit-id.ts'
import { judge } from '../../src/exit-game/judge.ts'
import type { Address } from '../../src/plasma/units.ts'
import {
  atHeight,
  blocked,
  challengedBy,
  childChain,
  exitStarted,
  gameOf,
  inFlightExitStarted,
  judgedAt,
  piggybacked,
  recovery,
  timeOf,
  withdrawn,
} from '../support/exits.ts'
import { alice, bob, carol, mallory } from '../support/signers.ts'
import { pay, payment, token } from '../support/transactions.ts'

const chain = childChain()
const coin = chain.deposit(alice, 10n)
const coins = chain.deposit(mallory, 7n, token)
const spare = chain.deposit(carol, 5n)
const toBob = payment([{ utxoPos: coin, signer: alice }], [pay(bob, 10n)])
const bobs = chain.block(toBob)
const mixed = payment(
  [
    { utxoPos: coin, signer: alice },
    { utxoPos: coins, signer: mallory },
  ],
  [pay(mallory, 10n), pay(mallory, 7n, token)],
)
const alone = payment([{ utxoPos: spare, signer: carol }], [pay(carol, 5n)])
const rival = payment([{ utxoPos: spare, signer: carol }], [pay(bob, 5n)])
const inFlight = [toBob, mixed, alone, rival]
const exits = [coin, coins, spare, bobs]

/** One event of any kind about one of a few exits, legal there or not. */
function someEvent([kind, which, piece]: readonly [number, number, number], height: number): ExitGameEvent {
  const utxoPos = exits[which % exits.length] ?? coin
  const tx = inFlight[which % inFlight.length] ?? toBob
  const other = inFlight[(which + 1) % inFlight.length] ?? mixed
  const of = { side: piece % 2 === 0 ? ('input' as const) : ('output' as const), index: piece >> 1 }
  const { exitId } = exitStarted(chain, utxoPos, height)
  const started = inFlightExitStarted(chain, tx, height)
  const makers: readonly (() => ExitGameEvent)[] = [
    () => exitStarted(chain, utxoPos, height),
    () => ({ ...exitStarted(chain, utxoPos, height), exitable: false }),
    () => ({ ...atHeight(height), type: 'ExitChallenged', utxoPos }),
    () => ({ ...atHeight(height), type: 'ExitFinalized', exitId }),
    () => ({ ...atHeight(height), type: 'ExitOmitted', exitId }),
    () => started,
    () => piggybacked(tx, of, height),
    () => blocked(tx, of, height),
    () => challengedBy(tx, other, { height }),
    () => challengedBy(tx, other, { height, position: 1_000_000_000_000n }),
    () => withdrawn(tx, of, height),
    () => ({ ...atHeight(height), type: 'InFlightExitDeleted', exitId: started.exitId }),
    () => ({ ...atHeight(height), type: 'InFlightExitOmitted', exitId: started.exitId, token }),
    () => ({
      ...atHeight(height),
      type: 'InFlightExitChallengeResponded',
      txHash: tx.transaction.txHash,
      challenger: alice.address,
      challengePosition: 1_000_000_000_000n,
    }),
  ]
  return (makers[kind % makers.length] ?? (() => started))()
}

const history = fc
  .array(fc.tuple(fc.nat(13), fc.nat(11), fc.nat(9)), { maxLength: 30 })
  .map((events) => events.map((choice, at) => someEvent(choice, 100 + at)))

function judged(game: ExitGame, height = 300): Condition[] {
  return judge(game, chain.evidence, judgedAt(height))
}

function inOrder(conditions: readonly Condition[]): string[] {
  const text = (_key: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value)
  return conditions.map((condition) => JSON.stringify(condition, text)).sort()
}

/** Which exit an event speaks of, whatever it calls it. */
function subjectOf(event: ExitGameEvent): string {
  if ('utxoPos' in event) return String(event.utxoPos)
  if ('txHash' in event) return event.txHash
  const position = exits.find((utxoPos) => exitStarted(chain, utxoPos, 0).exitId === event.exitId)
  const tx = inFlight.find(({ transaction }) => inFlightExitId(transaction.raw) === event.exitId)
  return tx ? tx.transaction.txHash : String(position)
}

function regrouped(events: readonly ExitGameEvent[]): ExitGameEvent[] {
  const bySubject = new Map<string, ExitGameEvent[]>()
  for (const event of events) bySubject.set(subjectOf(event), [...(bySubject.get(subjectOf(event)) ?? []), event])
  return [...bySubject.values()].reverse().flat()
}

function expectOpen(condition: Condition, game: ExitGame, height: number): void {
  if (condition.type === 'invalid_exit') expect(game.standardExits.get(condition.exitId)?.status).toBe('open')
  if (condition.type === 'invalid_piggyback') {
    const exit = game.inFlightExits.get(condition.txHash)
    expect(exit).toMatchObject({ status: 'open' })
    expect(exit?.piggybacks[condition.side][condition.index]).toMatchObject({ status: 'claimed' })
  }
  if (condition.type !== 'noncanonical_ife' && condition.type !== 'piggyback_available') return
  expect(game.inFlightExits.get(condition.txHash)).toMatchObject({ status: 'open' })
  expect(condition.deadline).toBeGreaterThan(timeOf(height))
}

describe('folding what the exit game said', () => {
  test('any events in any order are taken in', () => {
    fc.assert(
      fc.property(history, fc.nat(2_000), (events, height) => {
        judged(gameOf(...events), height)
      }),
    )
  })

  test('a replay of any part of the past changes nothing', () => {
    fc.assert(
      fc.property(history, fc.nat(30), fc.nat(30), (events, from, to) => {
        const game = gameOf(...events)
        expect(foldGame(game, events.slice(Math.min(from, to), Math.max(from, to)))).toEqual(game)
      }),
    )
  })

  test('it does not matter in which batches the events come', () => {
    fc.assert(
      fc.property(history, fc.nat(30), (events, cut) => {
        const whole = gameOf(...events)
        expect(foldGame(foldGame(emptyGame(recovery), events.slice(0, cut)), events.slice(cut))).toEqual(whole)
        expect(events.reduce(advanceGame, emptyGame(recovery))).toEqual(whole)
      }),
    )
  })

  test('a game is a value: folding on leaves the one before as it was', () => {
    fc.assert(
      fc.property(history, history, (before, after) => {
        const game = gameOf(...before)
        foldGame(game, after)
        expect(game).toEqual(gameOf(...before))
      }),
    )
  })

  test('of events that name no exit, or whose bytes are none, a note is kept', () => {
    const start = exitStarted(chain, coin, 100)
    const garbled = { ...start, outputTx: Uint8Array.of(0xc1, 0x80) }
    const unknown = piggybacked(mixed, { side: 'input', index: 0 }, 101)
    const game = gameOf(garbled, unknown, garbled)
    expect(game.unreadable).toMatchObject([
      { type: 'ExitStarted', subject: String(start.exitId), occurrence: start.occurrence },
      { type: 'InFlightExitPiggybacked', subject: mixed.transaction.txHash },
    ])
    expect(judged(game)).toEqual([])
  })

  test('a signature in calldata counts for who has really signed', () => {
    const start = inFlightExitStarted(chain, mixed, 100)
    const game = gameOf({ ...start, signatures: [new Uint8Array(65), mixed.signatures[1] ?? new Uint8Array(65)] })
    const known = game.known.byHash.get(mixed.transaction.txHash)
    expect([...(known?.signatures.keys() ?? [])]).toEqual([mallory.address])
  })

  test('what a challenge shows is a proof, though its exit is unknown', () => {
    const game = gameOf(challengedBy(toBob, mixed, { height: 101 }))
    expect(game.unreadable).toMatchObject([{ type: 'InFlightExitChallenged' }])
    expect([...(game.known.byHash.get(mixed.transaction.txHash)?.signatures.keys() ?? [])]).toEqual([alice.address])
  })

  test('signatures are merged from every source', () => {
    const shown = challengedBy(toBob, mixed, { height: 101, inputIndex: 0 })
    const game = gameOf(inFlightExitStarted(chain, toBob, 99), shown)
    const signers = (of: ExitGame): Address[] => [
      ...(of.known.byHash.get(mixed.transaction.txHash)?.signatures.keys() ?? []),
    ]
    expect(signers(game)).toEqual([alice.address])
    const fuller = foldGame(game, [inFlightExitStarted(chain, mixed, 102)])
    expect(signers(fuller).sort()).toEqual([alice.address, mallory.address].sort())
  })
})

describe('judging', () => {
  test('the order of events about different exits does not matter', () => {
    fc.assert(
      fc.property(history, (events) => {
        expect(inOrder(judged(gameOf(...regrouped(events))))).toEqual(inOrder(judged(gameOf(...events))))
      }),
    )
  })

  test('nothing that the contract is done with is ever to be answered', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 100, max: 2_000 }), (events, height) => {
        const game = gameOf(...events)
        for (const condition of answerable(judged(game, height), timeOf(height))) expectOpen(condition, game, height)
      }),
    )
  })

  test('who is told to leave is told of something that is invalid', () => {
    const invalid = {
      unchallenged_exit: 'invalid_exit',
      unchallenged_noncanonical_ife: 'noncanonical_ife',
      unchallenged_piggyback: 'invalid_piggyback',
    } as const
    fc.assert(
      fc.property(history, fc.integer({ min: 100, max: 2_000 }), (events, height) => {
        const conditions = judged(gameOf(...events), height)
        for (const condition of conditions) {
          if (!(condition.type in invalid)) continue
          const type = invalid[condition.type as keyof typeof invalid]
          expect(conditions).toContainEqual({ ...condition, type })
        }
      }),
    )
  })
})
