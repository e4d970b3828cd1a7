import { toHex } from '../lib/bytes.ts'
import { keccak } from '../plasma/keccak.ts'
import type { Output } from '../plasma/transaction.ts'
import type { Address, Hash, Seconds, Timestamp, UtxoPos } from '../plasma/units.ts'
import type { At, Side } from './contract-event.ts'
import type { ExitData, InFlightExitData } from './exit-data.ts'

/** An own input or output that joins an in-flight exit, until when at the latest. */
export type PlannedPiggyback = { side: Side; index: number; output: Output; deadline: Timestamp }

export type PlannedInFlightExit = {
  exitId: bigint
  txHash: Hash
  data: InFlightExitData
  piggybacks: readonly PlannedPiggyback[]
  /** Tokens that need an exit queue before their pieces can join. */
  addExitQueues: readonly Address[]
  deadline?: Timestamp
}

/** A piggyback on an in-flight exit that is there already. */
export type OpenPiggyback = PlannedPiggyback & {
  exitId: bigint
  txHash: Hash
  inFlightTx: Uint8Array
  started: At
  addExitQueue: boolean
}

export type PlannedStandardExit = {
  exitId: bigint
  data: ExitData
  output: Output
  addExitQueue: boolean
  deadline?: Timestamp
}

/** Why no exit brings an output home. */
export type Obstacle =
  | 'fee_output'
  | 'not_provable'
  | 'bad_block'
  | 'exit_was_challenged'
  | 'signed_away'
  | 'input_not_provable'
  | 'signature_missing'
  | 'creates_money'
  | 'somebody_elses'
  | 'competes'
  | 'not_canonical'
  | 'input_signed_twice'
  | 'output_spent'
  | 'phase_one_over'
  | 'nothing_to_join'

/** Money that the plan leaves behind: an output at its place, or an output of a transaction that no valid block holds. */
export type Unsaveable = { output: Output; because: Obstacle } & (
  { utxoPos: UtxoPos } | { txHash: Hash; index: number }
)

/** Everything that leaving takes, in the order in which it is to be done. */
export type ExitPlan = {
  inFlightExits: readonly PlannedInFlightExit[]
  /** On exits that are open. The event `piggyback_available` asks for these as well. */
  piggybacks: readonly OpenPiggyback[]
  standardExits: readonly PlannedStandardExit[]
  unsaveable: readonly Unsaveable[]
  /** Own outputs whose standard exit is on its way. */
  exiting: readonly UtxoPos[]
}

export type Terms = {
  own: ReadonlySet<Address>
  /** Time of the head at which leaving was decided. */
  now: Timestamp
  minExitPeriod: Seconds
  /** The first block that is invalid or withheld, with the framework's time of it. */
  firstBad?: { blknum: bigint; timestamp: Timestamp }
  /** Until when to have left where no block is bad, such as when the exit that nobody challenges may be paid. */
  until?: Timestamp
  /** Tokens that have an exit queue. */
  queues: ReadonlySet<Address>
}

/** The last second in which an exit overtakes those of the first bad block; without one, until the user has to be out. */
export function leaveBy({ firstBad, until, minExitPeriod }: Terms): Timestamp | undefined {
  return firstBad ? ((firstBad.timestamp + minExitPeriod - 1n) as Timestamp) : until
}

/** Names a plan: the same matter and the same exits have the same name. */
export function planId({ inFlightExits, standardExits }: ExitPlan, matter: string): Hash {
  const parts = [
    matter,
    ...inFlightExits.map(({ exitId, piggybacks }) =>
      [exitId, ...piggybacks.map(({ side, index }) => `${side}${index}`)].join(' '),
    ),
    ...standardExits.map(({ exitId }) => exitId.toString()),
  ]
  return toHex(keccak(new TextEncoder().encode(parts.join('\n')))) as Hash
}

export function isEmpty({ inFlightExits, piggybacks, standardExits }: ExitPlan): boolean {
  return inFlightExits.length + piggybacks.length + standardExits.length === 0
}
