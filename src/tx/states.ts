import type { Outcome } from '../lib/outcome.ts'

/** An intent that is not over. */
type OpenState = 'planned' | 'simulated' | 'signed' | 'sent' | 'mined'
/** An intent that is over: `final` is what we did ourselves, so deep in the chain that it stays. */
type EndState = 'final' | Exclude<Outcome['outcome'], 'done_by_us'>
export type State = OpenState | EndState

const ends = ['done_by_other', 'not_needed', 'too_late', 'refused', 'impossible'] as const satisfies readonly EndState[]

/**
 * What may follow a state. `planned` follows where a transaction came to nothing: refused, undone, displaced, overtaken;
 * and where what was over is asked for again. `mined` goes back to `sent` when a reorganisation throws the block out. A
 * displaced transaction may be mined all the same: some miner had it first.
 */
export const transitions: Readonly<Record<State, readonly State[]>> = {
  planned: ['simulated', 'signed', 'mined', ...ends],
  simulated: ['signed', 'planned', ...ends],
  signed: ['sent', 'mined', 'planned', ...ends],
  sent: ['mined', 'planned', ...ends],
  mined: ['final', 'sent', 'planned', ...ends],
  final: ['planned'],
  done_by_other: ['planned'],
  not_needed: ['planned'],
  too_late: ['planned'],
  refused: ['planned'],
  impossible: ['planned'],
}

/** Whether an intent may go from one state to the other; every intent begins as `planned`. */
export function mayFollow(from: State | undefined, to: State): boolean {
  return from === undefined ? to === 'planned' : transitions[from].includes(to)
}

/** Whether nothing more is to be done about it. */
export function isOver(state: State): state is EndState {
  return state === 'final' || ends.some((end) => end === state)
}

/** Whether something is still to be sent, or to be mined. */
export function isUnderWay({ state }: { state: State }): boolean {
  return !isOver(state) && state !== 'mined'
}
