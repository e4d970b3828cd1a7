import type { At, ExitGameEvent, Side } from '../../src/exit-game/contract-event.ts'
import type { Evidence } from '../../src/exit-game/evidence.ts'
import { emptyGame, foldGame, type ExitGame } from '../../src/exit-game/exit-game.ts'
import { inFlightExitId, standardExitId } from '../../src/exit-game/exit-id.ts'
import type { JudgeTime } from '../../src/exit-game/judge-time.ts'
import type { KnownTransaction } from '../../src/exit-game/known-transaction.ts'
import { ledgerEvidence } from '../../src/exit-game/ledger-evidence.ts'
import { toHex } from '../../src/lib/bytes.ts'
import { checkBlock } from '../../src/plasma/block.ts'
import { merkleRoot } from '../../src/plasma/merkle.ts'
import { decodeUtxoPos } from '../../src/plasma/position.ts'
import type { Recovery } from '../../src/plasma/recovered-transaction.ts'
import { recover, type Recover } from '../../src/plasma/signature.ts'
import { executeBlock } from '../../src/plasma/state-transition.ts'
import { decodeTransaction, type Output, type SignedTransaction } from '../../src/plasma/transaction.ts'
import { ETH, type Address, type Hash, type Seconds, type Timestamp, type UtxoPos } from '../../src/plasma/units.ts'
import { createLedger, type Ledger } from './ledger.ts'
import type { Signer } from './signers.ts'
import { at, deposit, framework } from './transactions.ts'

type Of<Type extends ExitGameEvent['type']> = Extract<ExitGameEvent, { type: Type }>

/** How long an exit waits in the stories, in seconds. */
export const MEP = 6_000n as Seconds
/** How many root chain blocks something may go unanswered in the stories. */
export const SLA = 20n
export const NOT_INCLUDED = 2n ** 256n - 1n

/** How the stories' signatures are recovered: each only once, since properties fold the same ones again and again. */
export const recovery: Recovery = { framework, recover: rememberingRecover() }

let logs = 0

/** The next log of the exit game, in a root chain block of its own transaction. */
export function atHeight(height: number): At {
  logs += 1
  return {
    blockNumber: BigInt(height),
    blockHash: hash(height),
    timestamp: timeOf(height),
    occurrence: { txHash: hash(0xe0000000 + logs), rank: 0 },
  }
}

export function timeOf(height: number): Timestamp {
  return BigInt(1_600_000_000 + 15 * height) as Timestamp
}

/** Judging at a root chain height. */
export function judgedAt(height: number): JudgeTime {
  return { now: timeOf(height), ethHeight: BigInt(height), slaMarginBlocks: SLA, minExitPeriod: MEP }
}

export function gameOf(...events: readonly ExitGameEvent[]): ExitGame {
  return foldGame(emptyGame(recovery), events)
}

/** A child chain that tests fill, and read as evidence. Its blocks are old: only starts and piggybacks make deadlines. */
export type ChildChain = {
  ledger: Ledger
  evidence: Evidence
  /** A deposit in the next deposit block; its position. */
  deposit: (owner: Signer, amount: bigint, currency?: Address) => UtxoPos
  /** A block with these transactions; the position of the first one's first output. */
  block: (...transactions: readonly SignedTransaction[]) => UtxoPos
  /** The output at a position, spent or not. */
  output: (utxoPos: UtxoPos) => Output
  /** The raw transaction that created it. */
  creating: (utxoPos: UtxoPos) => Uint8Array
  archive: KnownTransaction[]
}

export function childChain(): ChildChain {
  const ledger = createLedger()
  const archive: KnownTransaction[] = []
  let deposits = 0n
  const evidence = ledgerEvidence(ledger, {
    blockTimestamp: () => timeOf(-1_000),
    archivedSpends: (utxoPos) => archive.filter(({ transaction }) => transaction.inputs.includes(utxoPos)),
  })

  function creating(utxoPos: UtxoPos): Uint8Array {
    const raw = evidence.creatingTransaction(utxoPos)
    if (!raw) throw new Error(`Nothing at ${utxoPos}`)
    return raw
  }

  return {
    ledger,
    evidence,
    archive,
    creating,
    deposit: (owner, amount, currency = ETH) => {
      deposits += 1n
      const blknum = ledger.nextBlknum() - 1000n + deposits
      ledger.deposit(blknum, deposit(owner, amount, currency).raw)
      return at(blknum)
    },
    block: (...transactions) => {
      const blknum = ledger.nextBlknum()
      apply(ledger, blknum, transactions)
      deposits = 0n
      return at(blknum)
    },
    output: (utxoPos) => outputOf(creating(utxoPos), utxoPos),
  }
}

function apply(ledger: Ledger, blknum: bigint, transactions: readonly SignedTransaction[]): void {
  const place = { blknum, hash: merkleRoot(transactions.map(({ transaction }) => transaction.raw)) }
  const served = { ...place, transactions: transactions.map(({ bytes }) => bytes) }
  const checked = checkBlock({ requested: place, served, framework })
  if (!checked.ok) throw new Error(checked.finding.errorType)
  const executed = executeBlock(ledger, checked.block)
  if (!executed.ok) throw new Error(executed.finding.reason)
  ledger.apply(checked.block)
}

function outputOf(raw: Uint8Array, utxoPos: UtxoPos): Output {
  const decoded = decodeTransaction(raw)
  const output = decoded.ok ? decoded.value.outputs[decodeUtxoPos(utxoPos).outputIndex] : undefined
  if (!output) throw new Error(`No output at ${utxoPos}`)
  return output
}

/** The owner of an output starts a standard exit. */
export function exitStarted(chain: ChildChain, utxoPos: UtxoPos, height: number): Of<'ExitStarted'> {
  const outputTx = chain.creating(utxoPos)
  return {
    ...atHeight(height),
    type: 'ExitStarted',
    exitId: standardExitId(outputTx, utxoPos),
    owner: chain.output(utxoPos).owner,
    utxoPos,
    outputTx,
    exitable: true,
  }
}

/** Somebody starts an in-flight exit of a signed transaction whose inputs are in blocks. */
export function inFlightExitStarted(
  chain: ChildChain,
  { transaction, signatures }: SignedTransaction,
  height: number,
): Of<'InFlightExitStarted'> {
  return {
    ...atHeight(height),
    type: 'InFlightExitStarted',
    exitId: inFlightExitId(transaction.raw),
    txHash: transaction.txHash,
    initiator: `0x${'11'.repeat(20)}` as Address,
    inFlightTx: transaction.raw,
    signatures,
    inputTxs: transaction.inputs.map(chain.creating),
    inputUtxosPos: transaction.inputs,
    contractTimestamp: timeOf(height),
  }
}

type Piece = { side: Side; index: number }

export function piggybacked(tx: SignedTransaction, { side, index }: Piece, height: number): ExitGameEvent {
  const exitTarget = `0x${'22'.repeat(20)}` as Address
  return { ...atHeight(height), type: 'InFlightExitPiggybacked', txHash: hashOfTx(tx), side, index, exitTarget }
}

export function blocked(tx: SignedTransaction, { side, index }: Piece, height: number): ExitGameEvent {
  return { ...atHeight(height), type: 'InFlightExitBlocked', txHash: hashOfTx(tx), side, index }
}

export function withdrawn(
  { transaction }: SignedTransaction,
  { side, index }: Piece,
  height: number,
): Of<'InFlightExitWithdrawn'> {
  return { ...atHeight(height), type: 'InFlightExitWithdrawn', exitId: inFlightExitId(transaction.raw), side, index }
}

/** Somebody shows a competitor; `position` when a block holds it. */
export function challengedBy(
  tx: SignedTransaction,
  competitor: SignedTransaction,
  { height, inputIndex = 0, position = NOT_INCLUDED }: { height: number; inputIndex?: number; position?: bigint },
): ExitGameEvent {
  return {
    ...atHeight(height),
    type: 'InFlightExitChallenged',
    txHash: hashOfTx(tx),
    challenger: `0x${'33'.repeat(20)}` as Address,
    competitorPosition: position,
    competingTx: competitor.transaction.raw,
    competingTxInputIndex: inputIndex,
    competingTxSignature: competitor.signatures[inputIndex] ?? new Uint8Array(65),
  }
}

function hashOfTx({ transaction }: SignedTransaction): Hash {
  return transaction.txHash
}

function rememberingRecover(): Recover {
  const signers = new Map<string, Address | undefined>()
  return (digest, signature) => {
    const key = toHex(digest) + toHex(signature)
    if (!signers.has(key)) signers.set(key, recover(digest, signature))
    return signers.get(key)
  }
}

function hash(number: number): Hash {
  return `0x${number.toString(16).padStart(64, '0')}` as Hash
}
