import type { LedgerView, Place } from '../plasma/ledger.ts'
import { decodeUtxoPos } from '../plasma/position.ts'
import { decodeTransaction, type Output } from '../plasma/transaction.ts'
import type { Address, Hash, UtxoPos } from '../plasma/units.ts'
import type { At, Side } from './contract-event.ts'
import { exitData, type ExitData } from './exit-data.ts'
import type { InFlightExit } from './in-flight-exit.ts'
import { learnTransaction, type KnownTransaction, type KnownTransactionsDraft } from './known-transaction.ts'
import { knownSpends, type Facts } from './spends.ts'

/** An own output that neither a valid block nor an exit has spent. */
export type Coin = {
  utxoPos: UtxoPos
  output: Output
  /** What shows it to the contract; missing when nothing does. */
  data?: ExitData
  /** What the contract has said of its standard exit. `over`: challenged or omitted, so a spend of it is known. */
  exit: 'none' | 'open' | 'over'
}

/** An input of a transaction that no valid block holds. */
export type HeldInput = {
  utxoPos: UtxoPos
  /** Missing when no valid block holds the output. */
  proven?: { output: Output; data: ExitData }
  /** Another transaction in a valid block spent it, or an exit took it. */
  isSpent: boolean
}

/** An in-flight exit that the contract holds, and which of its pieces have joined it, or were challenged since. */
export type OpenExit = { started: At; pieces: Readonly<Record<Side, readonly ('free' | 'joined' | 'challenged')[]>> }

/** A signed transaction that no valid block holds. */
export type HeldTransaction = KnownTransaction & {
  inputs: readonly HeldInput[]
  /** Where the invalid block holds it. */
  rejectedAt?: Place
  exit?: OpenExit
}

/** What some accounts have on the child chain, as far as it can be shown to the contract. */
export type Holdings = {
  coins: readonly Coin[]
  /** Those that the accounts signed or that pay them; the ones known longest come first. */
  transactions: readonly HeldTransaction[]
  /** Number of the invalid block, where all of it is known. */
  rejectedBlknum?: bigint
}

/** The invalid block: whoever signed its transactions, in order. Undefined for one that cannot be read. */
export type RejectedBlock = { blknum: bigint; transactions: readonly (KnownTransaction | undefined)[] }

type Asked = {
  own: ReadonlySet<Address>
  /** Signed transactions that were handed to us, oldest first; a block may hold them. */
  archived: readonly KnownTransaction[]
  /** The invalid block, where there is one and what was served is what its root names. */
  rejected?: RejectedBlock
}

/** Finds what the accounts have, from our own verification of the chain. Reads at once: the views are alive. */
export function holdingsOf(facts: Facts & { ledger: Pick<LedgerView, 'unspentOf'> }, asked: Asked): Holdings {
  const owned: Coin[] = []
  for (const owner of asked.own) {
    for (const [utxoPos, output] of facts.ledger.unspentOf(owner)) owned.push(coinOf(facts, utxoPos, output))
  }
  const places = placesIn(asked.rejected)
  const transactions = [...learn(facts, owned, asked).values()]
    .filter(({ transaction }) => transaction.txType === 'payment' && !facts.evidence.inclusion(transaction))
    .filter((known) => isSignedBy(known, asked.own) || pays(known, asked.own))
    .map((known) => heldTransaction(facts, known, places.get(known.transaction.txHash)))
  return { coins: owned, transactions, ...(asked.rejected && { rejectedBlknum: asked.rejected.blknum }) }
}

export function isSignedBy({ signatures }: KnownTransaction, own: ReadonlySet<Address>): boolean {
  return [...signatures.keys()].some((signer) => own.has(signer))
}

/** Every token that an exit of these holdings may need a queue for. */
export function tokensOf({ coins, transactions }: Holdings): ReadonlySet<Address> {
  const outputs = [
    ...coins.map(({ output }) => output),
    ...transactions.flatMap(({ transaction, inputs }) => [
      ...transaction.outputs,
      ...inputs.flatMap(({ proven }) => proven?.output ?? []),
    ]),
  ]
  return new Set(outputs.map(({ currency }) => currency))
}

function pays({ transaction }: KnownTransaction, own: ReadonlySet<Address>): boolean {
  return transaction.outputs.some(({ owner }) => own.has(owner))
}

function learn(
  facts: Facts,
  owned: readonly Coin[],
  { archived, rejected }: Asked,
): ReadonlyMap<Hash, KnownTransaction> {
  const draft: KnownTransactionsDraft = { byHash: new Map(), bySpent: new Map() }
  const seen = [
    ...archived,
    ...(rejected?.transactions ?? []),
    ...owned.flatMap(({ utxoPos }) => knownSpends(facts, utxoPos)),
    ...openExits(facts),
  ]
  for (const known of seen) if (known) learnTransaction(draft, known)
  return draft.byHash
}

function openExits({ game }: Facts): KnownTransaction[] {
  const open = [...game.inFlightExits.values()].filter(({ status }) => status === 'open')
  return open.flatMap(({ txHash }) => game.known.byHash.get(txHash) ?? [])
}

/** The contracts hold the root, so the first place of a transaction in the invalid block can be proven to them. */
function placesIn(rejected: RejectedBlock | undefined): ReadonlyMap<Hash, Place> {
  const places = new Map<Hash, Place>()
  for (const [txIndex, known] of rejected?.transactions.entries() ?? []) {
    if (!rejected || !known || places.has(known.transaction.txHash)) continue
    places.set(known.transaction.txHash, { blknum: rejected.blknum, txIndex })
  }
  return places
}

function coinOf({ game, evidence }: Facts, utxoPos: UtxoPos, output: Output): Coin {
  const data = exitData(evidence, utxoPos)
  const exitId = game.standardExitOf.get(utxoPos)
  const status = exitId === undefined ? undefined : game.standardExits.get(exitId)?.status
  return {
    utxoPos,
    output,
    ...(data.ok ? { data: data.data } : {}),
    exit: status === undefined ? 'none' : status === 'open' ? 'open' : 'over',
  }
}

function heldTransaction(facts: Facts, known: KnownTransaction, rejectedAt: Place | undefined): HeldTransaction {
  const { txHash, inputs } = known.transaction
  const exit = facts.game.inFlightExits.get(txHash)
  return {
    ...known,
    inputs: inputs.map((utxoPos) => heldInput(facts, utxoPos)),
    ...(rejectedAt && { rejectedAt }),
    ...(exit?.status === 'open' && { exit: openExit(exit) }),
  }
}

function heldInput({ evidence }: Facts, utxoPos: UtxoPos): HeldInput {
  const shown = exitData(evidence, utxoPos)
  const output = shown.ok ? createdOutput(shown.data) : undefined
  if (!shown.ok || !output) return { utxoPos, isSpent: false }
  return { utxoPos, proven: { output, data: shown.data }, isSpent: !evidence.isUnspent(utxoPos) }
}

/** The output that exit data speaks of. */
export function createdOutput({
  txbytes,
  utxo_pos: utxoPos,
}: Pick<ExitData, 'txbytes' | 'utxo_pos'>): Output | undefined {
  const decoded = decodeTransaction(txbytes)
  return decoded.ok ? decoded.value.outputs[decodeUtxoPos(utxoPos).outputIndex] : undefined
}

function openExit({ started, piggybacks }: InFlightExit): OpenExit {
  const states = (side: Side) =>
    piggybacks[side].map(({ status }) => {
      if (status === 'absent') return 'free'
      return status === 'blocked' ? 'challenged' : 'joined'
    })
  return { started, pieces: { input: states('input'), output: states('output') } }
}
