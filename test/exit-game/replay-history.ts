import type { At, ExitGameEvent } from '../../src/exit-game/contract-event.ts'
import { advanceGame, emptyGame, type ExitGame } from '../../src/exit-game/exit-game.ts'
import type { Evidence } from '../../src/exit-game/evidence.ts'
import { spentByExit } from '../../src/exit-game/finalized-outputs.ts'
import type { JudgeTime } from '../../src/exit-game/judge-time.ts'
import { ledgerEvidence } from '../../src/exit-game/ledger-evidence.ts'
import { fromHex, type Hex } from '../../src/lib/bytes.ts'
import { checkBlock } from '../../src/plasma/block.ts'
import { decodeUtxoPos } from '../../src/plasma/position.ts'
import { executeBlock } from '../../src/plasma/state-transition.ts'
import { depositTransaction } from '../../src/plasma/encode-transaction.ts'
import { decodeTransaction } from '../../src/plasma/transaction.ts'
import type { Address, Hash, Seconds, Timestamp, UtxoPos, Wei } from '../../src/plasma/units.ts'
import { elixirSight, look, type Seen } from './elixir-sight.ts'
import type { History, Query, Step } from '../support/histories.ts'
import { createLedger, type Ledger } from '../support/ledger.ts'

/** A watcher's knowledge at a query of a history. */
export type Scene = {
  query: Query
  game: ExitGame
  evidence: Evidence
  time: JudgeTime
  /** The same evidence as elixir-omg limits it. */
  limited: Evidence
  /** Events since the last query, for tests that fold them in other ways. */
  events: readonly ExitGameEvent[]
}

const NOBODY = `0x${'00'.repeat(20)}` as Address

/** Timestamp of a root chain block in the histories. */
function timeOf(ethHeight: number): Timestamp {
  return BigInt(1_600_000_000 + 15 * ethHeight) as Timestamp
}

/** Plays a history as a watcher would take it in, and stops at every query. */
export function* replay(history: History): Generator<Scene> {
  const ledger = createLedger()
  const times = blockTimes(history)
  const evidence = ledgerEvidence(ledger, {
    blockTimestamp: (blknum) => times.get(blknum),
    archivedSpends: () => [],
  })
  let game = emptyGame({ framework: history.framework })
  let events: ExitGameEvent[] = []
  let seen: Seen = new Set()
  for (const [at, step] of history.steps.entries()) {
    if (step.op === 'query') {
      seen = look(seen, game, evidence)
      const limited = elixirSight({ game, evidence, seen })
      yield { query: step, game, evidence, limited, time: timeAt(history, step), events }
      events = []
    } else if (step.op === 'deposit') {
      const { owner, currency, amount } = step
      ledger.deposit(
        BigInt(step.blknum),
        depositTransaction({ owner: owner as Address, currency: currency as Address, amount: BigInt(amount) as Wei }),
      )
    } else if (step.op === 'block') {
      applyBlock(ledger, step, history.framework)
      seen = look(seen, game, evidence)
    } else {
      const event = eventOf(step, at)
      game = advanceGame(game, event)
      events.push(event)
      if (event.type === 'ExitFinalized' || event.type === 'InFlightExitWithdrawn') {
        ledger.exit(spentByExit(event, game, evidence.inclusion))
      }
    }
  }
}

function timeAt({ slaMargin, minExitPeriod }: History, { eth_height: height }: Query): JudgeTime {
  return {
    now: timeOf(height),
    ethHeight: BigInt(height),
    slaMarginBlocks: slaMargin,
    minExitPeriod: minExitPeriod as Seconds,
  }
}

function blockTimes(history: History): ReadonlyMap<bigint, Timestamp> {
  const times = new Map<bigint, Timestamp>()
  for (const step of history.steps) {
    if (step.op === 'block') times.set(BigInt(step.blknum), BigInt(step.timestamp) as Timestamp)
    if (step.op === 'deposit') times.set(BigInt(step.blknum), timeOf(step.eth_height))
  }
  return times
}

type BlockStep = Extract<Step, { op: 'block' }>

function applyBlock(ledger: Ledger, step: BlockStep, framework: Address): void {
  const place = { blknum: BigInt(step.blknum), hash: step.hash as Hash }
  const checked = checkBlock({
    requested: place,
    served: { ...place, transactions: step.transactions.map(fromHex) },
    framework,
  })
  if (!checked.ok) throw new Error(`Block ${step.blknum}: ${checked.finding.errorType}`)
  const executed = executeBlock(ledger, checked.block)
  if (!executed.ok) throw new Error(`Block ${step.blknum}: ${executed.finding.reason}`)
  ledger.apply(checked.block)
}

type EventStep = Exclude<Step, { op: 'query' | 'deposit' | 'block' }>

function eventOf(step: EventStep, at: number): ExitGameEvent {
  switch (step.op) {
    case 'exit_started':
      return {
        ...atStep(step, at),
        type: 'ExitStarted',
        exitId: BigInt(step.exit_id),
        utxoPos: BigInt(step.utxo_pos) as UtxoPos,
        owner: ownerOf(step.output_tx, BigInt(step.utxo_pos)),
        outputTx: fromHex(step.output_tx),
        exitable: step.exitable,
      }
    case 'exit_challenged':
      return { ...atStep(step, at), type: 'ExitChallenged', utxoPos: BigInt(step.utxo_pos) as UtxoPos }
    case 'exit_finalized':
      return { ...atStep(step, at), type: 'ExitFinalized', exitId: BigInt(step.exit_id) }
    case 'ife_started':
      return {
        ...atStep(step, at),
        type: 'InFlightExitStarted',
        exitId: BigInt(step.exit_id),
        txHash: step.tx_hash as Hash,
        initiator: NOBODY,
        inFlightTx: fromHex(step.in_flight_tx),
        signatures: step.in_flight_tx_sigs.map(fromHex),
        inputTxs: step.input_txs.map(fromHex),
        inputUtxosPos: step.input_utxos_pos.map((position) => BigInt(position) as UtxoPos),
        contractTimestamp: BigInt(step.contract_timestamp) as Timestamp,
      }
    case 'ife_deleted':
      return { ...atStep(step, at), type: 'InFlightExitDeleted', exitId: BigInt(step.exit_id) }
    default:
      return laterEventOf(step, at)
  }
}

type LaterStep = Exclude<EventStep, { op: `exit_${string}` | 'ife_started' | 'ife_deleted' }>

function laterEventOf(step: LaterStep, at: number): ExitGameEvent {
  const txHash = step.tx_hash as Hash
  switch (step.op) {
    case 'piggybacked':
      return {
        ...atStep(step, at),
        type: 'InFlightExitPiggybacked',
        txHash,
        side: step.type,
        index: step.index,
        exitTarget: NOBODY,
      }
    case 'piggyback_challenged':
      return { ...atStep(step, at), type: 'InFlightExitBlocked', txHash, side: step.type, index: step.index }
    case 'ife_finalized': {
      const exitId = BigInt(step.exit_id)
      return { ...atStep(step, at), type: 'InFlightExitWithdrawn', exitId, side: step.type, index: step.index }
    }
    case 'ife_challenged':
      return {
        ...atStep(step, at),
        type: 'InFlightExitChallenged',
        txHash,
        challenger: NOBODY,
        competitorPosition: BigInt(step.competitor_position),
        competingTx: fromHex(step.competing_tx),
        competingTxInputIndex: step.competing_tx_input_index,
        competingTxSignature: fromHex(step.competing_tx_sig),
      }
    case 'ife_challenge_responded': {
      const challengePosition = BigInt(step.challenge_position)
      return {
        ...atStep(step, at),
        type: 'InFlightExitChallengeResponded',
        txHash,
        challenger: NOBODY,
        challengePosition,
      }
    }
  }
}

/** Steps without a transaction hash get one of their own. */
function atStep(step: EventStep, at: number): At {
  const made = `0x${at.toString(16).padStart(64, '0')}` as Hash
  return {
    blockNumber: BigInt(step.eth_height),
    blockHash: `0x${step.eth_height.toString(16).padStart(64, '0')}` as Hash,
    timestamp: timeOf(step.eth_height),
    occurrence: { txHash: (step.root_chain_txhash as Hash | undefined) ?? made, rank: step.log_index ?? 0 },
  }
}

function ownerOf(outputTx: Hex, utxoPos: bigint): Address {
  const decoded = decodeTransaction(fromHex(outputTx))
  const output = decoded.ok ? decoded.value.outputs[decodeUtxoPos(utxoPos).outputIndex] : undefined
  if (!output) throw new Error(`No output ${utxoPos} in ${outputTx}`)
  return output.owner
}
