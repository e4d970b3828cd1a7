import { z } from 'zod'
import type { CanonicalProof } from '../exit-game/canonical-proof.ts'
import type { CompetitorData } from '../exit-game/competitor-data.ts'
import type { ConditionType } from '../exit-game/condition.ts'
import type { Side } from '../exit-game/contract-event.ts'
import type { KnownTransaction } from '../exit-game/known-transaction.ts'
import type { InputChallengeData, OutputChallengeData } from '../exit-game/piggyback-challenge.ts'
import type { Alarm } from '../lib/alarm.ts'
import type { Hex } from '../lib/bytes.ts'
import { GuardError } from '../lib/errors.ts'
import type { Logger } from '../lib/logger.ts'
import type { Outcome } from '../lib/outcome.ts'
import type { Address, Hash, Seconds, Timestamp, UtxoPos, Wei } from '../plasma/units.ts'
import type { Leaving } from './leaving.ts'

/** JSON without null, as a MESG engine can carry it. */
type Json = string | number | boolean | Json[] | Fields
export type Fields = { [name: string]: Json }

/** What the exit game holds of a standard exit. `amount` 0: unknown, or processed. */
export type StandardExitState = { exitable: boolean; utxoPos: UtxoPos; exitTarget: Address; amount: Wei }

/** An input or output that an in-flight exit may pay; `exitTarget` is the zero address where there is none. */
export type PieceState = { outputId: Hash; exitTarget: Address; token: Address; amount: Wei }

/** What the exit game holds of an in-flight exit. `exitStartTimestamp` 0: unknown, processed or deleted. */
export type InFlightExitState = {
  isCanonical: boolean
  exitStartTimestamp: Timestamp
  /** Bit i: input i is piggybacked; bit 4 + i: output i. */
  exitMap: bigint
  inputs: readonly PieceState[]
  outputs: readonly PieceState[]
  /** Who gets the bond of the exit when it is processed or deleted. */
  bondOwner: Address
  /** 0 when never challenged; the in-flight transaction's own position after a response. */
  oldestCompetitorPosition: bigint
}

/** Where exits of a token wait to be paid. */
export type ExitQueue = { vaultId: bigint; token: Address }

/** A place in an exit queue. It is processed in a block later than `exitableAt`. */
export type QueuedExit = { exitId: bigint; exitableAt: Timestamp }

/** What the contract asks for in wei, exactly, with each payable call. */
export type Bonds = { standardExit: Wei; inFlightExit: Wei; piggyback: Wei }

/** A call as `src/exit-game/calls.ts` makes it: names and order as in the ABI. */
export type ContractCall = Readonly<{ functionName: string; args: readonly unknown[] }>

/** A contract call ready to be priced, signed and sent. */
export type Call = { to: Address; data: Hex; value: Wei }

/** An answer to be given, named by what it achieves: asked for twice, it is given once. */
export type Intent = Call & {
  key: string
  purpose: string
  /** The account that it has to come from; the responder when absent. */
  from?: Address
  /** Last chain second in which the call is sure to help; absent where nothing runs out. */
  deadline?: Timestamp
  /** Wei that are lost for good when the call comes too late; absent where nobody can tell, as for a token's worth. */
  stake?: Wei
  /** Whether that is our own money, for which more may be paid than for others'. */
  own?: boolean
  /** Asks the contract's state whether anything is left to do; undefined while there is. */
  settled: () => Promise<Outcome | undefined>
}

/** What an answer is about; one call may answer several events. */
export type Matter = {
  events: readonly ConditionType[]
  subject: { exitId: bigint; side?: Side; index?: number; token?: Address }
  occurrence: string
}

/** What proves that an exiting output was spent; nothing in it has been checked. */
export type StandardExitChallenge = {
  exitId: bigint
  /** Raw transaction that created the output. */
  exitingTx: Uint8Array
  /** Raw transaction that spends it. */
  challengeTx: Uint8Array
  inputIndex: number
  signature: Uint8Array
}

/**
 * Somebody who may know what answers an event: our own verification, or a remote Watcher. Nothing that it shows has
 * been checked; transactions are raw. Each rejects with a retryable GuardError when it does not answer, or has nothing
 * to show.
 */
export type Witness = {
  name: string
  standardExitChallenge: (utxoPos: UtxoPos) => Promise<StandardExitChallenge>
  competitor: (inFlightTx: Uint8Array) => Promise<CompetitorData>
  canonicalProof: (inFlightTx: Uint8Array) => Promise<CanonicalProof>
  inputChallenge: (inFlightTx: Uint8Array, inputIndex: number) => Promise<InputChallengeData>
  outputChallenge: (inFlightTx: Uint8Array, outputIndex: number) => Promise<OutputChallengeData>
  /** What would challenge a piggyback of this input before there is one; undefined when it knows of nothing. */
  inputSpend: (inFlightTx: Uint8Array, inputIndex: number) => Promise<InputChallengeData | undefined>
  /** The same of an output. */
  outputSpend: (inFlightTx: Uint8Array, outputIndex: number) => Promise<OutputChallengeData | undefined>
}

/**
 * The world as a task may touch it. Each task asks for the part that it needs with `Pick`. What it reads of contracts is
 * of the latest block.
 */
export type World = {
  framework: Address
  exitGame: Address
  minExitPeriod: Seconds
  /** Best first. */
  witnesses: readonly Witness[]
  /** The accounts that we hold keys of. */
  own: ReadonlySet<Address>
  /** The account that gives the next answer that any of ours may give. */
  responder: () => Promise<Address>
  /** The time of the latest block. */
  now: () => Promise<Timestamp>
  standardExit: (exitId: bigint) => Promise<StandardExitState>
  inFlightExit: (exitId: bigint) => Promise<InFlightExitState>
  isOutputFinalized: (outputId: Hash) => Promise<boolean>
  /** The framework's record of a child block, undefined when there is none. */
  submittedBlock: (blknum: bigint) => Promise<{ root: Hash } | undefined>
  bonds: () => Promise<Bonds>
  hasExitQueue: (queue: ExitQueue) => Promise<boolean>
  /** Who waits, first come first; empty when there is no such queue. */
  exitQueue: (queue: ExitQueue) => Promise<readonly QueuedExit[]>
  /** Signed transactions of our own that name the output as an input, whether or not a block holds them. */
  archivedSpends: (utxoPos: UtxoPos) => readonly KnownTransaction[]
  /** A call of the exit game or of the framework, with the bond that goes with it. */
  encode: (call: ContractCall, bond?: Wei) => Call
  submit: (intent: Intent) => Promise<Outcome>
  leaving: Leaving
  /** Tells the event source how an answer ended. */
  answered: (matter: Matter, outcome: Outcome) => Promise<void>
  /** The last safe second of an answer, as whoever watches tells it; undefined where nobody does. */
  deadlineOf: (matter: Matter) => Timestamp | undefined
  /** Calls for a person, once for each matter. */
  raise: (alarm: Alarm) => Promise<void>
  log: Logger
}

/** One key of `mesg.yml`: takes untrusted fields, gives fields. Done is returned, retry is thrown; safe to run twice. */
export type Task = { key: string; bind: (world: World) => (inputs: unknown) => Promise<Fields> }

/** Makes a task of its key, the schema of its inputs, and what it does with them. */
export function task<Input extends z.ZodType>(definition: {
  key: string
  input: Input
  run: (input: z.output<Input>, world: World) => Promise<Fields>
}): Task {
  const { key, input, run } = definition
  return {
    key,
    bind: (world) => async (inputs) => {
      const parsed = input.safeParse(inputs)
      if (!parsed.success) throw new InvalidTaskInputError(key, z.prettifyError(parsed.error))
      return run(parsed.data, world)
    },
  }
}

export class InvalidTaskInputError extends GuardError {
  override readonly code = 'INVALID_TASK_INPUT'

  constructor(task: string, problems: string) {
    super(`Task ${task} cannot work with these inputs:\n${problems}`, { task })
  }
}
