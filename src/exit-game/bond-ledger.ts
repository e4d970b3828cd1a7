import { decodeUtxoPos } from '../plasma/position.ts'
import { decodeTransaction } from '../plasma/transaction.ts'
import type { Address, Hash, UtxoPos, Wei } from '../plasma/units.ts'
import type { ExitGameEvent, Side } from './contract-event.ts'

type Type = ExitGameEvent['type']
type Of<Wanted extends Type, Fields extends keyof Extract<ExitGameEvent, { type: Wanted }>> = Pick<
  Extract<ExitGameEvent, { type: Wanted }>,
  'type' | 'occurrence' | Fields
>

/** What the exit game said, as far as bonds are concerned. */
export type BondEvent =
  | Of<'ExitStarted', 'exitId' | 'owner' | 'utxoPos'>
  | Of<'ExitChallenged', 'utxoPos'>
  | Of<'ExitFinalized' | 'ExitOmitted', 'exitId'>
  | Of<'InFlightExitStarted', 'exitId' | 'txHash' | 'initiator' | 'inFlightTx' | 'inputTxs' | 'inputUtxosPos'>
  | Of<'InFlightExitPiggybacked', 'txHash' | 'side' | 'index' | 'exitTarget'>
  | Of<'InFlightExitBlocked', 'txHash' | 'side' | 'index'>
  | Of<'InFlightExitChallenged' | 'InFlightExitChallengeResponded', 'txHash' | 'challenger'>
  | Of<'InFlightExitWithdrawn', 'exitId' | 'side' | 'index'>
  | Of<'InFlightExitOmitted' | 'InFlightExitDeleted', 'exitId'>

/** An event with the transaction that made it. `value`: the bond, where the call posts one. */
export type BondFact = { event: BondEvent; sender: Address; value: Wei }

/** A bond that the contract could not hand out: it keeps it. */
export type FailedReturn = { txHash: Hash; receiver: Address; amount: Wei }

/**
 * A bond from the call that posted it to its end. `receiver`: who has got it, or gets it when the exit is processed as it
 * stands; absent where the contract keeps it. `returned`: to whoever posted it. `lost`: to anybody else, or to nobody.
 */
export type Bond = {
  kind: 'standard_exit' | 'in_flight_exit' | 'piggyback'
  exitId: bigint
  side?: Side
  index?: number
  /** Of the call that posted it. */
  txHash: Hash
  postedBy: Address
  amount: Wei
  receiver?: Address
  end: 'locked' | 'returned' | 'lost'
}

type InFlight = {
  exitId: bigint
  bond: number
  /** The bonds that stand on its pieces, by piece. */
  claimed: Map<string, { bond: number; token: Address | undefined }>
  tokens: Record<Side, readonly (Address | undefined)[]>
}

type Book = {
  bonds: Bond[]
  standard: Map<bigint, number>
  standardOf: Map<UtxoPos, bigint>
  inFlight: Map<Hash, InFlight>
  inFlightOf: Map<bigint, Hash>
  failed: FailedReturn[]
}

/** What the contract holds of an in-flight exit now: it says nothing when it processes one and has nothing to pay. */
export type HeldNow = (exitId: bigint) => {
  isHeld: boolean
  isMarked: (piece: { side: Side; index: number }) => boolean
}

/**
 * Every bond that was ever posted, and how it ended (contracts v1.0.4, contracts.md 7 and 9), from everything that the
 * exit game has said, in its order.
 */
export function foldBonds(facts: readonly BondFact[], failed: readonly FailedReturn[] = []): Bond[] {
  const book: Book = {
    ...{ bonds: [], standard: new Map(), standardOf: new Map(), inFlight: new Map(), inFlightOf: new Map() },
    failed: [...failed],
  }
  for (const fact of facts) fold(book, fact)
  return book.bonds
}

/** Ends the bonds of which the contract's state knows more than its logs tell. */
export function withState(bonds: readonly Bond[], heldNow: HeldNow): Bond[] {
  return bonds.map((bond) => {
    if (bond.end !== 'locked' || bond.kind === 'standard_exit') return bond
    const { isHeld, isMarked } = heldNow(bond.exitId)
    const { side, index } = bond
    const stands = isHeld && (side === undefined || index === undefined || isMarked({ side, index }))
    return stands ? bond : { ...bond, end: bond.receiver === bond.postedBy ? 'returned' : 'lost' }
  })
}

function fold(book: Book, fact: BondFact): void {
  const { event, sender, value } = fact
  switch (event.type) {
    case 'ExitStarted':
      start(book, event, value)
      break
    case 'ExitChallenged':
      take(book, book.standardOf.get(event.utxoPos), { event, receiver: sender })
      break
    case 'ExitFinalized':
      take(book, event.exitId, { event })
      break
    case 'ExitOmitted':
      keep(book, event.exitId)
      break
    case 'InFlightExitStarted':
      begin(book, event, value)
      break
    default:
      foldInFlight(book, { ...fact, event })
  }
}

type Beginning = 'ExitStarted' | 'ExitChallenged' | 'ExitFinalized' | 'ExitOmitted' | 'InFlightExitStarted'
type InFlightFact = BondFact & { event: Exclude<BondEvent, { type: Beginning }> }

function foldInFlight(book: Book, { event, sender, value }: InFlightFact): void {
  const open = openOf(book, event)
  if (!open) return
  switch (event.type) {
    case 'InFlightExitPiggybacked':
      piggyback(book, open.exit, { event, value })
      break
    case 'InFlightExitBlocked':
      block(book, open.exit, { event, sender })
      break
    case 'InFlightExitWithdrawn':
      payToken(book, open, event)
      break
    default:
      if ('challenger' in event) rename(book, open.exit.bond, event.challenger)
      else conclude(book, open, event)
  }
}

type Open = { txHash: Hash; exit: InFlight }

function openOf({ inFlight, inFlightOf }: Book, event: InFlightFact['event']): Open | undefined {
  const txHash = 'txHash' in event ? event.txHash : inFlightOf.get(event.exitId)
  const exit = txHash === undefined ? undefined : inFlight.get(txHash)
  return txHash === undefined || !exit ? undefined : { txHash, exit }
}

function start(book: Book, event: Extract<BondEvent, { type: 'ExitStarted' }>, amount: Wei): void {
  const { exitId, owner, utxoPos, occurrence } = event
  const posted = { txHash: occurrence.txHash, postedBy: owner, amount }
  book.standard.set(exitId, post(book, { kind: 'standard_exit', exitId, ...posted }))
  book.standardOf.set(utxoPos, exitId)
}

function post({ bonds }: Book, bond: Omit<Bond, 'end' | 'receiver'>): number {
  return bonds.push({ ...bond, receiver: bond.postedBy, end: 'locked' }) - 1
}

type Ending = { event: BondEvent; receiver?: Address }

/** Hands a bond out: to `receiver`, or to whom it belongs by then. */
function end(book: Book, at: number, { event, receiver }: Ending): void {
  const bond = book.bonds[at]
  if (bond?.end !== 'locked') return
  const { receiver: belongs, ...rest } = bond
  const to = receiver ?? belongs
  if (to === undefined || hasFailed(book, { txHash: event.occurrence.txHash, receiver: to, amount: bond.amount }))
    book.bonds[at] = { ...rest, end: 'lost' }
  else book.bonds[at] = { ...rest, receiver: to, end: to === bond.postedBy ? 'returned' : 'lost' }
}

/** Each failure explains one bond. */
function hasFailed({ failed }: Book, { txHash, receiver, amount }: FailedReturn): boolean {
  const found = failed.findIndex(
    (each) => each.txHash === txHash && each.receiver === receiver && each.amount === amount,
  )
  if (found !== -1) failed.splice(found, 1)
  return found !== -1
}

function take(book: Book, exitId: bigint | undefined, ending: Ending): void {
  const at = exitId === undefined ? undefined : book.standard.get(exitId)
  if (at !== undefined) end(book, at, ending)
}

/** An exit that is omitted unchallenged gets nothing back: another exit has taken its output. */
function keep({ bonds, standard }: Book, exitId: bigint): void {
  const at = standard.get(exitId)
  const bond = at === undefined ? undefined : bonds[at]
  if (at === undefined || bond?.end !== 'locked') return
  const { receiver: _, ...rest } = bond
  bonds[at] = { ...rest, end: 'lost' }
}

function rename({ bonds }: Book, at: number, receiver: Address): void {
  const bond = bonds[at]
  if (bond?.end === 'locked') bonds[at] = { ...bond, receiver }
}

type Start = Extract<BondEvent, { type: 'InFlightExitStarted' }>

/** A start of what seems open says that its earlier life was processed without a word. */
function begin(book: Book, event: Start, amount: Wei): void {
  const { exitId, txHash, initiator, occurrence } = event
  const before = book.inFlight.get(txHash)
  if (before) conclude(book, { txHash, exit: before }, event)
  const posted = { txHash: occurrence.txHash, postedBy: initiator, amount }
  const bond = post(book, { kind: 'in_flight_exit', exitId, ...posted })
  book.inFlight.set(txHash, { exitId, bond, claimed: new Map(), tokens: tokensOf(event) })
  book.inFlightOf.set(exitId, txHash)
}

function tokensOf({ inFlightTx, inputTxs, inputUtxosPos }: Start): InFlight['tokens'] {
  const decoded = decodeTransaction(inFlightTx)
  return {
    input: inputUtxosPos.map((utxoPos, at) => {
      const created = inputTxs[at] && decodeTransaction(inputTxs[at])
      return created?.ok ? created.value.outputs[decodeUtxoPos(utxoPos).outputIndex]?.currency : undefined
    }),
    output: decoded.ok ? decoded.value.outputs.map(({ currency }) => currency) : [],
  }
}

type Piece = { side: Side; index: number }
type Claim = { event: Extract<BondEvent, { type: 'InFlightExitPiggybacked' }>; value: Wei }

function piggyback(book: Book, { exitId, claimed, tokens }: InFlight, { event, value }: Claim): void {
  const { side, index, exitTarget, occurrence } = event
  const posted = { txHash: occurrence.txHash, postedBy: exitTarget, amount: value }
  const bond = post(book, { kind: 'piggyback', exitId, side, index, ...posted })
  claimed.set(nameOf(event), { bond, token: tokens[side][index] })
}

function block(
  book: Book,
  { claimed }: InFlight,
  { event, sender }: { event: BondEvent & Piece; sender: Address },
): void {
  const claim = claimed.get(nameOf(event))
  if (claim) end(book, claim.bond, { event, receiver: sender })
  claimed.delete(nameOf(event))
}

/** A payment says that its token was processed: all its piggybacks get their bonds back, on the paid side or not. */
function payToken(book: Book, open: Open, event: BondEvent & Piece): void {
  const { claimed, tokens } = open.exit
  const token = tokens[event.side][event.index]
  for (const [name, claim] of claimed) {
    if (claim.token !== token && name !== nameOf(event)) continue
    end(book, claim.bond, { event })
    claimed.delete(name)
  }
  if (claimed.size === 0) conclude(book, open, event)
}

function conclude(book: Book, { txHash, exit }: Open, event: BondEvent): void {
  for (const { bond } of exit.claimed.values()) end(book, bond, { event })
  end(book, exit.bond, { event })
  book.inFlight.delete(txHash)
}

function nameOf({ side, index }: Piece): string {
  return `${side} ${index}`
}

/** What became of the bonds of one account. `won`: bonds of others. Posted is returned, lost and locked together. */
export type BondSum = { posted: Wei; returned: Wei; lost: Wei; locked: Wei; won: Wei }

export function sumBonds(bonds: readonly Bond[], account: Address): BondSum {
  const total = (wanted: (bond: Bond) => boolean) =>
    bonds.reduce((sum, bond) => (wanted(bond) ? sum + bond.amount : sum), 0n) as Wei
  const isOurs = ({ postedBy }: Bond) => postedBy === account
  return {
    posted: total(isOurs),
    returned: total((bond) => isOurs(bond) && bond.end === 'returned'),
    lost: total((bond) => isOurs(bond) && bond.end === 'lost'),
    locked: total((bond) => isOurs(bond) && bond.end === 'locked'),
    won: total((bond) => !isOurs(bond) && bond.end === 'lost' && bond.receiver === account),
  }
}
