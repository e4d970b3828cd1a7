import { z } from 'zod'
import type { Hex } from '../lib/bytes.ts'
import { GuardError } from '../lib/errors.ts'
import type { Logger } from '../lib/logger.ts'
import type { Outcome } from '../lib/outcome.ts'
import type { ConditionType } from '../exit-game/condition.ts'
import type { Side } from '../exit-game/contract-event.ts'
import type { Address, UtxoPos, Wei } from '../plasma/units.ts'

/** JSON without null, as a MESG engine can carry it. */
export type Fields = Readonly<Record<string, string | number>>

/** What the exit game holds of a standard exit. `amount` 0: unknown, or processed. */
export type StandardExitState = { exitable: boolean; utxoPos: UtxoPos; amount: Wei }

/** A call as `src/exit-game/calls.ts` makes it: names and order as in the ABI. */
export type ContractCall = Readonly<{ functionName: string; args: readonly unknown[] }>

/** A contract call ready to be priced, signed and sent. */
export type Call = { to: Address; data: Hex; value: Wei }

/** An answer to be given, named by what it achieves: asked for twice, it is given once. */
export type Intent = Call & {
  key: string
  purpose: string
  /** Asks the contract's state whether anything is left to do; undefined while there is. */
  settled: () => Promise<Outcome | undefined>
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

/** Somebody who may know what answers an event: our own verification, or a remote Watcher. */
export type Witness = {
  name: string
  /** @throws a retryable GuardError when it does not answer, or has nothing to show. */
  standardExitChallenge: (utxoPos: UtxoPos) => Promise<StandardExitChallenge>
}

/** The world as a task may touch it. Each task asks for the part that it needs with `Pick`. */
export type World = {
  framework: Address
  exitGame: Address
  /** Best first. */
  witnesses: readonly Witness[]
  /** At the latest block. */
  standardExit: (exitId: bigint) => Promise<StandardExitState>
  /** A call of the exit game, with the bond that goes with it. */
  encode: (call: ContractCall, bond?: Wei) => Call
  /** The account that challenges. */
  responder: Address
  submit: (intent: Intent) => Promise<Outcome>
  /** Tells the event source how an answer ended. */
  answered: (
    what: {
      events: readonly ConditionType[]
      subject: { exitId: bigint; side?: Side; index?: number }
      occurrence: string
    },
    outcome: Outcome,
  ) => Promise<void>
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
