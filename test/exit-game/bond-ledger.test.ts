import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  foldBonds,
  sumBonds,
  withState,
  type BondEvent,
  type BondFact,
  type FailedReturn,
} from '../../src/exit-game/bond-ledger.ts'
import type { Side } from '../../src/exit-game/contract-event.ts'
import { inFlightExitId, standardExitId } from '../../src/exit-game/exit-id.ts'
import type { Address, Hash, Wei } from '../../src/plasma/units.ts'
import { hashOf } from '../support/conditions.ts'
import { alice, bob, carol, mallory } from '../support/signers.ts'
import { at, deposit, pay, payment, token } from '../support/transactions.ts'

const people = [alice, bob, carol, mallory].map(({ address }) => address)
const coin = deposit(alice, 10n)
const tokens = deposit(bob, 7n, token)
const inFlight = payment(
  [
    { utxoPos: at(1n), signer: alice },
    { utxoPos: at(2n), signer: bob },
  ],
  [pay(carol, 10n), pay(alice, 7n, token)],
)
const { raw, txHash } = inFlight.transaction
const exitId = inFlightExitId(raw)
const standardId = standardExitId(coin.raw, at(1n))
const BONDS = { standard: 14n as Wei, inFlight: 37n as Wei, piggyback: 28n as Wei }

type Piece = { side: Side; index: number; owner: Address; token: 'ether' | 'token' }
const pieces: readonly Piece[] = [
  { side: 'input', index: 0, owner: alice.address, token: 'ether' },
  { side: 'input', index: 1, owner: bob.address, token: 'token' },
  { side: 'output', index: 0, owner: carol.address, token: 'ether' },
  { side: 'output', index: 1, owner: alice.address, token: 'token' },
]

/**
 * The money side of the exit game (contracts.md 7 to 9), with one output that may exit and one transaction in flight. It
 * pays with real balances, so that the ledger's sums can be held against them.
 */
function purse() {
  const paid = new Map<Address, bigint>()
  const got = new Map<Address, bigint>()
  const facts: BondFact[] = []
  const failed: FailedReturn[] = []
  const state = {
    balance: 0n,
    kept: 0n,
    logs: 0,
    standard: undefined as { exitable: boolean } | undefined,
    inFlight: undefined as { bondOwner: Address; claimed: Set<Piece> } | undefined,
  }
  const occurrence = () => ({ txHash: `0x${(++state.logs).toString(16).padStart(64, '0')}` as Hash, rank: 0 })
  const take = (from: Address, value: bigint) => {
    state.balance += value
    paid.set(from, (paid.get(from) ?? 0n) + value)
  }
  const say = (event: BondEvent, sender: Address, value = 0n) => {
    facts.push({ event, sender, value: value as Wei })
  }
  const give = (to: Address, value: bigint, refusal?: Hash) => {
    if (refusal) {
      failed.push({ txHash: refusal, receiver: to, amount: value as Wei })
      state.kept += value
      return
    }
    state.balance -= value
    got.set(to, (got.get(to) ?? 0n) + value)
  }
  return { state, paid, got, facts, failed, occurrence, take, say, give }
}

type Purse = ReturnType<typeof purse>
type Move = { kind: number; who: Address; piece: Piece; flag: boolean; refuses: boolean }

/** `flag` says whether anything is paid, which is all that the contract tells of it. */
function processToken(it: Purse, { who, piece, flag: isTold, refuses }: Move): void {
  const exit = it.state.inFlight
  const on = it.occurrence()
  if (!exit) {
    it.say({ type: 'InFlightExitOmitted', exitId, occurrence: on }, who)
    return
  }
  const refusal = refuses && isTold ? on.txHash : undefined
  const due = [...exit.claimed].filter((each) => each.token === piece.token)
  const paidSide = isTold ? due[0]?.side : undefined
  for (const each of due) {
    exit.claimed.delete(each)
    const { side, index, owner } = each
    if (side === paidSide) it.say({ type: 'InFlightExitWithdrawn', exitId, side, index, occurrence: on }, who)
    it.give(owner, BONDS.piggyback, refusal)
  }
  close(it, due.length > 0, refusal)
}

/** The bond of the exit goes back with its last piece. */
function close(it: Purse, isTouched: boolean, refusal: Hash | undefined): void {
  const exit = it.state.inFlight
  if (!exit || !isTouched || exit.claimed.size > 0) return
  it.give(exit.bondOwner, BONDS.inFlight, refusal)
  it.state.inFlight = undefined
}

const moves: readonly ((purse: Purse, move: Move) => void)[] = [
  (it, { who }) => {
    if (it.state.standard) return
    it.state.standard = { exitable: true }
    it.take(who, BONDS.standard)
    const start = { type: 'ExitStarted', exitId: standardId, owner: who, utxoPos: at(1n) } as const
    it.say({ ...start, occurrence: it.occurrence() }, who, BONDS.standard)
  },
  (it, { who }) => {
    if (!it.state.standard?.exitable) return
    it.state.standard.exitable = false
    it.say({ type: 'ExitChallenged', utxoPos: at(1n), occurrence: it.occurrence() }, who)
    it.give(who, BONDS.standard)
  },
  (it, { who, flag, refuses }) => {
    const exit = it.state.standard
    if (!exit) return
    it.state.standard = undefined
    const on = it.occurrence()
    if (!exit.exitable || flag) {
      if (exit.exitable) it.state.kept += BONDS.standard
      it.say({ type: 'ExitOmitted', exitId: standardId, occurrence: on }, who)
      return
    }
    const owner = it.facts.findLast(({ event }) => event.type === 'ExitStarted')?.sender ?? who
    it.give(owner, BONDS.standard, refuses ? on.txHash : undefined)
    it.say({ type: 'ExitFinalized', exitId: standardId, occurrence: on }, who)
  },
  (it, { who }) => {
    if (it.state.inFlight) return
    it.state.inFlight = { bondOwner: who, claimed: new Set() }
    it.take(who, BONDS.inFlight)
    const start = { type: 'InFlightExitStarted', exitId, txHash, initiator: who, inFlightTx: raw } as const
    const inputs = { inputTxs: [coin.raw, tokens.raw], inputUtxosPos: [at(1n), at(2n)] }
    it.say({ ...start, ...inputs, occurrence: it.occurrence() }, who, BONDS.inFlight)
  },
  (it, { piece }) => {
    if (!it.state.inFlight || it.state.inFlight.claimed.has(piece)) return
    it.state.inFlight.claimed.add(piece)
    it.take(piece.owner, BONDS.piggyback)
    const { side, index, owner: exitTarget } = piece
    const claim = { type: 'InFlightExitPiggybacked', txHash, side, index, exitTarget } as const
    it.say({ ...claim, occurrence: it.occurrence() }, exitTarget, BONDS.piggyback)
  },
  (it, { who, piece: { side, index }, piece }) => {
    if (!it.state.inFlight?.claimed.delete(piece)) return
    it.say({ type: 'InFlightExitBlocked', txHash, side, index, occurrence: it.occurrence() }, who)
    it.give(who, BONDS.piggyback)
  },
  (it, { who, flag }) => {
    if (!it.state.inFlight) return
    it.state.inFlight.bondOwner = who
    const type = flag ? 'InFlightExitChallenged' : 'InFlightExitChallengeResponded'
    it.say({ type, txHash, challenger: who, occurrence: it.occurrence() }, who)
  },
  processToken,
  (it, { who }) => {
    const exit = it.state.inFlight
    if (!exit || exit.claimed.size > 0) return
    it.state.inFlight = undefined
    it.say({ type: 'InFlightExitDeleted', exitId, occurrence: it.occurrence() }, who)
    it.give(exit.bondOwner, BONDS.inFlight)
  },
]

const move = fc.record({
  kind: fc.nat(moves.length - 1),
  who: fc.constantFrom(...people),
  piece: fc.constantFrom(...pieces),
  flag: fc.boolean(),
  refuses: fc.boolean(),
})

function play(story: readonly Move[]) {
  const it = purse()
  for (const each of story) moves[each.kind]?.(it, each)
  const folded = foldBonds(it.facts, it.failed)
  const bonds = withState(folded, () => ({
    isHeld: it.state.inFlight !== undefined,
    isMarked: ({ side, index }) =>
      [...(it.state.inFlight?.claimed ?? [])].some((each) => each.side === side && each.index === index),
  }))
  return { it, bonds }
}

test('whatever happens, the ledger says what everybody has paid and got, and what the contract holds', () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 60 }), (story) => {
      const { it, bonds } = play(story)
      let locked = 0n
      for (const account of people) {
        const sum = sumBonds(bonds, account)
        expect({ account, paid: sum.posted, got: sum.returned + sum.won }).toEqual({
          account,
          paid: it.paid.get(account) ?? 0n,
          got: it.got.get(account) ?? 0n,
        })
        expect(sum.posted).toBe(sum.returned + sum.lost + sum.locked)
        locked += sum.locked
      }
      expect(locked + it.state.kept).toBe(it.state.balance)
    }),
    { numRuns: 500 },
  )
})

test('what is said twice over, in two lives of one exit, is two bonds', () => {
  const [start, , end] = moves
  const one = { kind: 0, who: alice.address, piece: pieces[0] as Piece, flag: true, refuses: false }
  const it = purse()
  for (const step of [start, end, start]) step?.(it, one)
  expect(foldBonds(it.facts).map(({ end: how, receiver }) => [how, receiver])).toEqual([
    ['lost', undefined],
    ['locked', alice.address],
  ])
})

test('an event of an exit that nobody knows of moves nothing', () => {
  const occurrence = { txHash: hashOf('a'), rank: 0 }
  const unknown: BondEvent[] = [
    { type: 'ExitChallenged', utxoPos: at(9n), occurrence },
    { type: 'ExitFinalized', exitId: 9n, occurrence },
    { type: 'InFlightExitDeleted', exitId: 9n, occurrence },
    { type: 'InFlightExitChallenged', txHash: hashOf('b'), challenger: bob.address, occurrence },
  ]
  expect(foldBonds(unknown.map((event) => ({ event, sender: bob.address, value: 0n as Wei })))).toEqual([])
})
