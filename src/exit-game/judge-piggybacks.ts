import type { Timestamp } from '../plasma/units.ts'
import { isActive } from './activity.ts'
import type { Condition, ConditionOf } from './condition.ts'
import type { Side } from './contract-event.ts'
import { lastOfPhaseOne } from './deadlines.ts'
import { nextEntry } from './exit-queue.ts'
import { pieceOutput } from './in-flight-exit.ts'
import { aboutExit, answerUntil, exitableAt, type Judgement } from './in-flight-judgement.ts'
import { isOverdue } from './judge-time.ts'
import { pieceSpends } from './piece-spends.ts'
import type { Piggyback } from './piggyback.ts'
import { causeOf, type Spend } from './spends.ts'

type Piece = { side: Side; index: number; piggyback: Piggyback }
type Unpaid = Extract<Piggyback, { status: 'claimed' | 'passed_over' }>

/** Judges every input and output of an in-flight exit: piggybacked though spent, or open to its owner. */
export function judgePiggybacks(judgement: Judgement): Condition[] {
  const { input, output } = judgement.exit.piggybacks
  const isOpen = isOpenToOwners(judgement)
  const judgePiece = (piece: Piece) => {
    const { status } = piece.piggyback
    if (status === 'absent') return isOpen ? available(judgement, piece) : []
    return status === 'claimed' || status === 'passed_over' ? unpaid(judgement, piece, piece.piggyback) : []
  }
  return [
    ...input.flatMap((piggyback, index) => judgePiece({ side: 'input', index, piggyback })),
    ...output.flatMap((piggyback, index) => judgePiece({ side: 'output', index, piggyback })),
  ]
}

/** While the exit lives and no block holds the transaction. */
function isOpenToOwners({ exit, facts, inclusion }: Judgement): boolean {
  const { input, output } = exit.piggybacks
  if (inclusion || ![...input, ...output].some(({ status }) => status === 'absent')) return false
  return isActive(exit, facts)
}

/** Open to whoever has not piggybacked it before. */
function available({ exit, time }: Judgement, { side, index }: Piece): Condition[] {
  const output = pieceOutput(exit, side, index)
  if (!output) return []
  const deadline = lastOfPhaseOne(exit.started.timestamp, time.minExitPeriod)
  const about = { ...aboutExit(exit, exit.started), ...answerUntil(exit, deadline) }
  return [{ type: 'piggyback_available', ...about, side, index, owner: output.owner }]
}

/** What was piggybacked though spent, and is there for too long since it was piggybacked. */
function unpaid(judgement: Judgement, { side, index }: Piece, { status, claimed }: Unpaid): Condition[] {
  const { exit, time } = judgement
  const [spend] = spendsOfPiece(judgement, { side, index })
  if (!spend) return []
  const isThere = status === 'claimed' && exit.status === 'open'
  const until = isThere ? answerUntil(exit, deadlineOf(judgement, { side, index })) : SETTLED
  const about = { ...aboutExit(exit, claimed), side, index, ...until, cause: causeOf(spend) }
  return invalid(about, isThere && isOverdue(claimed.blockNumber, time))
}

/**
 * What was paid though spent, in whatever life of the exit: nothing takes that back. It makes users leave when a block
 * holds the spend: then the vault lacks that money. A signature alone, shown after the payment, takes nobody's.
 */
export function judgePaid(judgement: Judgement): Condition[] {
  const { exit, time } = judgement
  return exit.paid.flatMap(({ side, index, claimed }) => {
    const [spend] = spendsOfPiece(judgement, { side, index })
    if (!spend) return []
    const about = { ...aboutExit(exit, claimed), side, index, ...SETTLED, cause: causeOf(spend) }
    return invalid(about, spend.place !== undefined && isOverdue(claimed.blockNumber, time))
  })
}

const SETTLED = { settled: true } as const

type Invalid = Omit<ConditionOf<'invalid_piggyback'>, 'type'>

function invalid(about: Invalid, leave: boolean): Condition[] {
  const condition: Condition = { type: 'invalid_piggyback', ...about }
  return leave ? [condition, { ...condition, type: 'unchallenged_piggyback' }] : [condition]
}

function spendsOfPiece(
  { exit, facts, inclusion, spends }: Judgement,
  piece: Omit<Piece, 'piggyback'>,
): readonly Spend[] {
  if (piece.side === 'input') return spends[piece.index] ?? []
  return pieceSpends(exit, facts, { inclusion, ...piece })
}

function deadlineOf(judgement: Judgement, { side, index }: Omit<Piece, 'piggyback'>): Timestamp | undefined {
  const entry = nextEntry(judgement.exit.queue, pieceOutput(judgement.exit, side, index)?.currency)
  return entry && exitableAt(judgement, entry)
}
