import type { Evidence } from '../exit-game/evidence.ts'
import type { ExitGame } from '../exit-game/exit-game.ts'
import { spentByExit } from '../exit-game/finalized-outputs.ts'
import { ledgerEvidence } from '../exit-game/ledger-evidence.ts'
import { GuardError } from '../lib/errors.ts'
import type { Logger } from '../lib/logger.ts'
import { createLedger, type Ledger, type LedgerView } from '../plasma/ledger.ts'
import { executeBlock } from '../plasma/state-transition.ts'
import type { Timestamp, UtxoPos } from '../plasma/units.ts'
import type { BlockChecks } from './block-checks.ts'
import { createDeposits } from './deposits.ts'
import type { Downloads, Serving, Wanted } from './downloads.ts'
import type { ChainEvent, Facts } from './facts.ts'
import type { Witness } from './witness.ts'

type Of<Type extends ChainEvent['type']> = Extract<ChainEvent, { type: Type }>

/** A child block that the root chain announced; `submittedAt` is the framework's time of it. */
export type Announced = Wanted & { event: Of<'BlockSubmitted'>; submittedAt: Timestamp }

/**
 * What keeps a block from being applied: it is not here, or it is here and invalid. What was served only once might
 * have been garbled on its way, so a bad block is `doubtful` until it was served again and was bad again.
 */
type Obstacle = { because: 'missing' } | { because: 'doubtful' } | { because: 'invalid'; errorType: string }

/** The block before which the ledger stands still. */
type Halt = Announced & Obstacle

export type ChildChain = {
  /**
   * Goes on through the root chain's events up to and including the next block that can be applied. False when it has
   * come to the end, or to a halt. `game`: everything that the exit game said.
   *
   * @throws {@link BlockGapError}
   */
  step: (game: ExitGame) => boolean
  halt: () => Halt | undefined
  /** Every block from the halt on, oldest first. */
  pending: () => readonly Announced[]
  /** The last block that was applied. */
  applied: () => Announced | undefined
  evidence: Evidence
  /** Without what exits have taken, also after the halt. */
  ledger: LedgerView
}

type Ports = {
  facts: Facts
  downloads: Pick<Downloads, 'served'>
  checks: BlockChecks
  witness: Witness
  log: Logger
}

/**
 * The ledger as the root chain's order makes it. A block is applied whole or not at all; when one cannot be applied the
 * ledger stays before it, and of all that comes later only deposits and the payouts of exits are taken note of. Folds
 * one past of the root chain: after a reorganisation another one is made.
 */
export function createChildChain(ports: Ports): ChildChain {
  const { facts, witness, log } = ports
  const ledger = createLedger()
  const deposits = createDeposits({ facts, ledger, log })
  let at = 0
  let applied: Announced | undefined
  let halt: Halt | undefined
  let taken: ReadonlySet<UtxoPos> = new Set()

  function step(game: ExitGame): boolean {
    deposits.take()
    halt = undefined
    taken = new Set()
    const events = facts.events()
    for (let event = events[at]; event; event = events[++at]) {
      if (isPayout(event)) ledger.exit(spentByExit(event, game, ledger.inclusion))
      if (event.type !== 'BlockSubmitted') continue
      const block = announced(facts, event)
      const obstacle = apply(block, ledger, ports)
      if (!obstacle) {
        applied = block
        at++
        return true
      }
      halt = { ...block, ...obstacle }
      taken = payouts(events.slice(at), game, ledger)
      return false
    }
    return false
  }

  const view = without(ledger, (utxoPos) => taken.has(utxoPos))
  return {
    step,
    halt: () => halt,
    pending: () => announcedAmong(facts, facts.events().slice(at)),
    applied: () => applied,
    evidence: ledgerEvidence(view, {
      blockTimestamp: (blknum) => facts.submitted(blknum)?.timestamp ?? deposits.timeOf(blknum),
      archivedSpends: witness.spends,
    }),
    ledger: view,
  }
}

function apply(block: Announced, ledger: Ledger, { downloads, checks }: Ports): Obstacle | undefined {
  if (block.blknum !== ledger.nextBlknum()) throw new BlockGapError(ledger.nextBlknum(), block.blknum)
  const served = downloads.served(block)
  if (!served) return { because: 'missing' }
  const checked = checks(block, served.block)
  if (!checked.ok) return bad(checked.finding, served)
  const executed = executeBlock(ledger, checked.block)
  if (!executed.ok) return bad(executed.finding, served)
  ledger.apply(checked.block, executed.changes)
  return undefined
}

function bad({ errorType }: { errorType: string }, { times }: Serving): Obstacle {
  return times > 1 ? { because: 'invalid', errorType } : { because: 'doubtful' }
}

function announcedAmong(facts: Facts, events: readonly ChainEvent[]): Announced[] {
  return events.flatMap((event) => (event.type === 'BlockSubmitted' ? [announced(facts, event)] : []))
}

function announced(facts: Facts, event: Of<'BlockSubmitted'>): Announced {
  const submitted = facts.submitted(event.blknum)
  if (!submitted) throw new RangeError(`No record of block ${String(event.blknum)}`)
  return { event, blknum: event.blknum, root: submitted.root, submittedAt: submitted.timestamp }
}

function isPayout(event: ChainEvent): event is Of<'ExitFinalized' | 'InFlightExitWithdrawn'> {
  return event.type === 'ExitFinalized' || event.type === 'InFlightExitWithdrawn'
}

/** What exits took after the halt. The ledger must not spend it yet: the block it waits for may have spent it first. */
function payouts(events: readonly ChainEvent[], game: ExitGame, { inclusion }: LedgerView): ReadonlySet<UtxoPos> {
  return new Set(events.filter(isPayout).flatMap((event) => spentByExit(event, game, inclusion)))
}

function without(ledger: LedgerView, isTaken: (utxoPos: UtxoPos) => boolean): LedgerView {
  return {
    ...ledger,
    get: (utxoPos) => (isTaken(utxoPos) ? undefined : ledger.get(utxoPos)),
    *unspent() {
      for (const entry of ledger.unspent()) if (!isTaken(entry[0])) yield entry
    },
  }
}

/** The watch began after the contracts did, so the ledger can never be complete. */
class BlockGapError extends GuardError {
  override readonly code = 'BLOCK_GAP'

  constructor(expected: bigint, found: bigint) {
    super(`Child block ${String(found)} follows where ${String(expected)} was expected; was an earlier one read?`, {
      expected,
      found,
    })
  }
}
