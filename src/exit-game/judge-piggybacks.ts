import { unreachable } from '../lib/unreachable.ts'
import { isActive } from './activity.ts'
import type { Condition } from './condition.ts'
import type { Side } from './contract-event.ts'
import { lastOfPhaseOne } from './deadlines.ts'
import { pieceOutput } from './in-flight-exit.ts'
import { aboutExit, answerUntil, exitableAt, type Judgement } from './in-flight-judgement.ts'
import { isOverdue } from './judge-time.ts'
import { pieceSpends } from './piece-spends.ts'
import type { Piggyback } from './piggyback.ts'

type Piece = { side: Side; index: number; piggyback: Piggyback }
type Claimed = Exclude<Piggyback, { status: 'absent' | 'blocked' }>

/** Judges every input and output of an in-flight exit: piggybacked though spent, or open to its owner. */
export function judgePiggybacks(judgement: Judgement): Condition[] {
  const { input, output } = judgement.exit.piggybacks
  return [
    ...input.flatMap((piggyback, index) => judgePiece(judgement, { side: 'input', index, piggyback })),
    ...output.flatMap((piggyback, index) => judgePiece(judgement, { side: 'output', index, piggyback })),
  ]
}

function judgePiece(judgement: Judgement, piece: Piece): Condition[] {
  const { piggyback } = piece
  switch (piggyback.status) {
    case 'absent':
      return available(judgement, piece)
    case 'blocked':
      return []
    case 'claimed':
    case 'passed_over':
    case 'paid':
      return invalid(judgement, piece, piggyback)
    default:
      return unreachable(piggyback)
  }
}

/** Open while the exit lives and no block holds the transaction, to whoever has not piggybacked it before. */
function available({ exit, facts, time, inclusion }: Judgement, { side, index }: Piece): Condition[] {
  const output = pieceOutput(exit, side, index)
  if (!output || inclusion || !isActive(exit, facts)) return []
  const deadline = lastOfPhaseOne(exit.started.timestamp, time.minExitPeriod)
  const about = { ...aboutExit(exit, exit.started), ...answerUntil(exit, deadline) }
  return [{ type: 'piggyback_available', ...about, side, index, owner: output.owner }]
}

/** What was piggybacked though spent, and is there or was paid, for too long since it was piggybacked. */
function invalid(judgement: Judgement, { side, index }: Piece, piggyback: Claimed): Condition[] {
  const { exit, facts, time, inclusion } = judgement
  if (pieceSpends(exit, facts, { inclusion, side, index }).length === 0) return []
  const about = {
    ...aboutExit(exit, piggyback.claimed),
    side,
    index,
    ...answerable(judgement, { side, index, piggyback }),
  }
  const condition: Condition = { type: 'invalid_piggyback', ...about }
  const harmful = piggyback.status === 'paid' || (piggyback.status === 'claimed' && exit.status === 'open')
  const leave = harmful && isOverdue(piggyback.claimed.blockNumber, time)
  return leave ? [condition, { ...condition, type: 'unchallenged_piggyback' }] : [condition]
}

function answerable(judgement: Judgement, { side, index, piggyback }: Piece): ReturnType<typeof answerUntil> {
  if (piggyback.status !== 'claimed') return { settled: true }
  const token = pieceOutput(judgement.exit, side, index)?.currency
  const entry = judgement.exit.queue.find((queued) => queued.token === token)
  return answerUntil(judgement.exit, entry && exitableAt(judgement, entry))
}
