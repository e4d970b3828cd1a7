import type { ExitGame } from '../exit-game/exit-game.ts'
import type { Evidence } from '../exit-game/evidence.ts'
import { spentByExit } from '../exit-game/finalized-outputs.ts'
import { GuardError } from '../lib/errors.ts'
import type { CheckedBlock } from '../plasma/block.ts'
import type { LedgerView } from '../plasma/ledger.ts'
import type { Recovery } from '../plasma/recovered-transaction.ts'
import type { UtxoPos } from '../plasma/units.ts'
import { applyBlock } from './apply-block.ts'
import type { BlockChecks } from './block-checks.ts'
import type { Downloads } from './downloads.ts'
import { createEvidence } from './evidence.ts'
import type { Announced, Facts, Step } from './facts.ts'
import type { ServedBlock } from './operator.ts'
import type { Serving } from './shelf.ts'
import { nameOf } from './wanted.ts'

/**
 * What keeps a block from being applied: it is not here, or it is here and invalid. What was served only once might
 * have been garbled on its way, so a bad block is `doubtful` until it was served again and was bad again. That it cannot
 * be checked is no verdict on it.
 */
type Obstacle =
  | { because: 'missing' }
  | { because: 'doubtful' }
  | { because: 'unchecked'; what: string }
  | { because: 'invalid'; errorType: string; reason?: string; txIndex?: number; served: ServedBlock }

/** The block before which the ledger stands still. */
export type Halt = Announced & Obstacle

export type ChildChain = {
  /**
   * Goes on through the root chain's events up to and including the next block that can be applied. False when it has
   * come to the end, or to a halt. `game`: everything that the exit game said.
   *
   * @throws {@link BlockGapError}
   */
  step: (game: ExitGame) => Promise<boolean>
  halt: () => Halt | undefined
  /** The blocks that are applied next, oldest first. */
  upcoming: () => readonly Announced[]
  /** Every block that is not applied yet, oldest first. */
  pending: () => readonly Announced[]
  evidence: Evidence
  /** Without what exits have taken, also after the halt. */
  ledger: LedgerView
  /** What exits have taken after the halt. */
  taken: () => ReadonlySet<UtxoPos>
}

type Ports = {
  facts: Facts
  downloads: Pick<Downloads, 'served' | 'forget'>
  checks: BlockChecks
  recovery: Recovery
}

/** As many events are looked at in one step. */
const STRIDE = 64

/**
 * The ledger as the root chain's order makes it. A block is applied whole or not at all; when one cannot be applied the
 * ledger stays before it, and of all that comes later only deposits and the payouts of exits are taken note of.
 */
export function createChildChain(ports: Ports): ChildChain {
  const { facts } = ports
  let halt: Halt | undefined
  let taken: ReadonlySet<UtxoPos> = new Set()
  const ledger = without(facts.ledger, (utxoPos) => taken.has(utxoPos))
  const evidence = createEvidence(facts, ports.recovery)
  const attempts = createAttempts(ports)

  async function step(game: ExitGame): Promise<boolean> {
    const ahead = facts.ahead(STRIDE)
    const first = ahead.findIndex(isSubmission)
    const payouts = first < 0 ? ahead : ahead.slice(0, first)
    if (payouts.length > 0) await payOut(facts, payouts, game)
    const event = ahead[first]
    if (!event || !isSubmission(event)) {
      stand(undefined, game)
      return payouts.length === STRIDE
    }
    const block = announced(facts, event)
    if (!block) return false
    const obstacle = await attempts.attempt(block, nextAfter(facts, ahead, first))
    stand(obstacle && { ...block, ...obstacle }, game)
    if (obstacle) return false
    attempts.forget(block)
    return true
  }

  /** What exits took after the halt must not be spent yet: the block that is waited for may have spent it first. */
  function stand(at: Halt | undefined, game: ExitGame): void {
    halt = at
    const later = at ? facts.ahead().filter((event) => !isSubmission(event)) : []
    taken = new Set(later.flatMap((event) => spentBy(event, game, facts.ledger.inclusion)))
  }

  return {
    step,
    halt: () => halt,
    upcoming: () => announcedAmong(facts, facts.ahead(STRIDE)),
    pending: createPending(facts),
    evidence: { ...evidence, isUnspent: (utxoPos) => !taken.has(utxoPos) && evidence.isUnspent(utxoPos) },
    ledger,
    taken: () => taken,
  }
}

/** Tries to apply blocks. */
function createAttempts({ facts, downloads, checks }: Ports) {
  const rejectedBefore = createRejectedBefore(facts)
  const execute = createExecutions(facts)

  async function verdictOn(block: Announced, { block: served }: Serving) {
    try {
      return await checks(block, served)
    } catch (error) {
      if (error instanceof GuardError && error.fatal) throw error
      return { because: 'unchecked' as const, what: error instanceof GuardError ? error.code : String(error) }
    }
  }

  /** What goes wrong with it is said when its turn comes. */
  function checkAhead(block: Announced | undefined): void {
    const serving = block && downloads.served(block)
    if (serving) checks(block, serving.block).catch(() => {})
  }

  return {
    /** Applies a block. While it is written, the one that follows is checked already: threads have nothing else to do. */
    attempt: async (block: Announced, following: Announced | undefined): Promise<Obstacle | undefined> => {
      const next = facts.ledger.nextBlknum()
      if (block.blknum !== next) throw new BlockGapError(next, block.blknum)
      const serving = downloads.served(block) ?? rejectedBefore.of(block)
      if (!serving) return { because: 'missing' }
      const checked = await verdictOn(block, serving)
      if ('because' in checked) return checked
      checkAhead(following)
      const finding = checked.ok ? await execute(block, serving.block, checked.block) : checked.finding
      if (!finding) return undefined
      return serving.times > 1 ? { because: 'invalid', ...finding, served: serving.block } : { because: 'doubtful' }
    },
    /** It is applied. */
    forget: (block: Announced) => {
      downloads.forget(block)
      rejectedBefore.forget()
    },
  }
}

type Execute = (block: Announced, served: ServedBlock, checked: CheckedBlock) => ReturnType<typeof applyBlock>

/** A block that failed fails again until facts are taken back: it is not executed anew at every look. */
function createExecutions(facts: Facts): Execute {
  let failed: { served: ServedBlock; generation: number; finding: Awaited<ReturnType<Execute>> } | undefined
  return async (block, served, checked) => {
    if (failed?.served === served && failed.generation === facts.generation()) return failed.finding
    const finding = await applyBlock(facts, block, checked)
    failed = finding && { served, generation: facts.generation(), finding }
    return finding
  }
}

function nextAfter(facts: Facts, ahead: readonly Step[], at: number): Announced | undefined {
  const event = ahead.slice(at + 1).find(isSubmission)
  return event && announced(facts, event)
}

type Submission = Extract<Step, { type: 'BlockSubmitted' }>

function isSubmission(event: Step): event is Submission {
  return event.type === 'BlockSubmitted'
}

function payOut(facts: Facts, payouts: readonly Step[], game: ExitGame): Promise<void> {
  return facts.write((draft) => {
    for (const event of payouts) draft.exit(event, spentBy(event, game, draft.ledger.inclusion))
  })
}

function spentBy(event: Step, game: ExitGame, inclusion: LedgerView['inclusion']): UtxoPos[] {
  return isSubmission(event) ? [] : spentByExit(event, game, inclusion)
}

/** What an earlier process has found invalid: the same value each time, so that it is checked once. */
function createRejectedBefore(facts: Facts) {
  const known = new Map<string, Serving | undefined>()
  return {
    of: (block: Announced): Serving | undefined => {
      const name = nameOf(block)
      if (!known.has(name)) {
        const served = facts.rejected(block)
        known.clear()
        known.set(name, served && { block: served, times: 2 })
      }
      return known.get(name)
    },
    forget: () => {
      known.clear()
    },
  }
}

/** All of them may be many, and are asked for at every look. */
function createPending(facts: Facts): () => readonly Announced[] {
  let known: readonly Announced[] = []
  let at: number | undefined
  return () => {
    if (at !== facts.revision()) known = announcedAmong(facts, facts.ahead())
    at = facts.revision()
    return known
  }
}

function announcedAmong(facts: Facts, events: readonly Step[]): Announced[] {
  return events.flatMap((event) => (isSubmission(event) ? (announced(facts, event) ?? []) : []))
}

function announced(facts: Facts, event: Submission): Announced | undefined {
  const submitted = facts.submitted(event.blknum)
  return submitted && { event, blknum: event.blknum, root: submitted.root, submittedAt: submitted.timestamp }
}

function without(ledger: LedgerView, isTaken: (utxoPos: UtxoPos) => boolean): LedgerView {
  return {
    ...ledger,
    get: (utxoPos) => (isTaken(utxoPos) ? undefined : ledger.get(utxoPos)),
    *unspentOf(owner) {
      for (const entry of ledger.unspentOf(owner)) if (!isTaken(entry[0])) yield entry
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
