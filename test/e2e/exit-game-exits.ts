import type { Role } from '../../devnet/accounts.ts'
import type { Hex } from '../../src/lib/bytes.ts'
import type { Coin, Included, Payment } from './exit-game-coins.ts'
import { IFE_BOND, only, PB_BOND, SE_BOND, type Done, type Stage } from './exit-game-stage.ts'

export type StandardExit = {
  exitable: boolean
  utxoPos: bigint
  outputId: Hex
  exitTarget: Hex
  amount: bigint
  bondSize: bigint
}

type WithdrawData = { outputId: Hex; exitTarget: Hex; token: Hex; amount: bigint; piggybackBondSize: bigint }

export type InFlightExit = {
  isCanonical: boolean
  exitStartTimestamp: bigint
  exitMap: bigint
  position: bigint
  inputs: readonly WithdrawData[]
  outputs: readonly WithdrawData[]
  bondOwner: Hex
  bondSize: bigint
  oldestCompetitorPosition: bigint
}

/** The calls of the exit game in the tests' words: arguments are made from coins and payments, and may be overridden. */
export function exitCalls(stage: Stage) {
  const { act, ask } = stage
  return {
    standardExit: async (exitId: bigint): Promise<StandardExit> => {
      const [exit] = (await ask('standardExits', [[exitId]])) as [StandardExit]
      return exit
    },
    inFlightExit: async ({ tx }: Payment): Promise<InFlightExit> => {
      const exitId = await ask('getInFlightExitId', [tx])
      const [exit] = (await ask('inFlightExits', [[exitId]])) as [InFlightExit]
      return exit
    },
    inFlightExitId: async ({ tx }: Payment): Promise<bigint> => (await ask('getInFlightExitId', [tx])) as bigint,

    startStandardExit: (coin: Coin, { by = coin.owner, value = SE_BOND, ...other }: Partial<Coin> & Sent = {}) => {
      const { utxoPos, tx, proof } = { ...coin, ...other }
      const args = [{ utxoPos, rlpOutputTx: tx, outputTxInclusionProof: proof }]
      return act(by, { name: 'startStandardExit', args, value })
    },
    challengeStandardExit: (
      { coin, exitId, spender }: { coin: Coin; exitId: bigint; spender: Payment },
      { by = 'guard', ...other }: Sent & Record<string, unknown> = {},
    ) => {
      const inputIndex = spender.inputs.findIndex(({ utxoPos }) => utxoPos === coin.utxoPos)
      const args = {
        exitId,
        exitingTx: coin.tx,
        challengeTx: spender.tx,
        inputIndex,
        witness: spender.witnesses[inputIndex],
        senderData: stage.senderData(by),
        ...other,
      }
      return act(by, { name: 'challengeStandardExit', args: [args] })
    },

    startInFlightExit: (
      payment: Payment,
      { by = 'alice', value = IFE_BOND, ...other }: Sent & Record<string, unknown> = {},
    ) => {
      const args = {
        inFlightTx: payment.tx,
        inputTxs: payment.inputs.map(({ tx }) => tx),
        inputUtxosPos: payment.inputs.map(({ utxoPos }) => utxoPos),
        inputTxsInclusionProofs: payment.inputs.map(({ proof }) => proof),
        inFlightTxWitnesses: payment.witnesses,
        ...other,
      }
      return act(by, { name: 'startInFlightExit', args: [args], value })
    },
    piggybackOnInput: (payment: Payment, inputIndex: number, { by, value = PB_BOND }: Sent = {}) =>
      act(by ?? payment.inputs[inputIndex]?.owner ?? 'mallory', {
        name: 'piggybackInFlightExitOnInput',
        args: [{ inFlightTx: payment.tx, inputIndex }],
        value,
      }),
    piggybackOnOutput: (payment: Payment, outputIndex: number, { by, value = PB_BOND }: Sent = {}) =>
      act(by ?? payment.payees[outputIndex]?.to ?? 'mallory', {
        name: 'piggybackInFlightExitOnOutput',
        args: [{ inFlightTx: payment.tx, outputIndex }],
        value,
      }),
    challengeNotCanonical: (
      { inFlight, competitor }: { inFlight: Payment; competitor: Payment | Included },
      { by = 'guard', ...other }: Sent & Record<string, unknown> = {},
    ) => {
      const shared = sharedInput(inFlight, competitor)
      const args = {
        inputTx: shared.coin.tx,
        inputUtxoPos: shared.coin.utxoPos,
        inFlightTx: inFlight.tx,
        inFlightTxInputIndex: shared.left,
        competingTx: competitor.tx,
        competingTxInputIndex: shared.right,
        competingTxPos: 'txPos' in competitor ? competitor.txPos : 0n,
        competingTxInclusionProof: 'txPos' in competitor ? competitor.proof : '0x',
        competingTxWitness: competitor.witnesses[shared.right],
        ...other,
      }
      return act(by, { name: 'challengeInFlightExitNotCanonical', args: [args] })
    },
    respond: ({ tx, txPos, proof }: Included, { by = 'guard' }: Sent = {}) =>
      act(by, { name: 'respondToNonCanonicalChallenge', args: [tx, txPos, proof] }),
    challengeInputSpent: (
      { inFlight, spender }: { inFlight: Payment; spender: Payment },
      { by = 'guard', ...other }: Sent & Record<string, unknown> = {},
    ) => {
      const shared = sharedInput(inFlight, spender)
      const args = {
        inFlightTx: inFlight.tx,
        inFlightTxInputIndex: shared.left,
        challengingTx: spender.tx,
        challengingTxInputIndex: shared.right,
        challengingTxWitness: spender.witnesses[shared.right],
        inputTx: shared.coin.tx,
        inputUtxoPos: shared.coin.utxoPos,
        senderData: stage.senderData(by),
        ...other,
      }
      return act(by, { name: 'challengeInFlightExitInputSpent', args: [args] })
    },
    challengeOutputSpent: (
      { inFlight, spender }: { inFlight: Included; spender: Payment },
      { by = 'guard', ...other }: Sent & Record<string, unknown> = {},
    ) => {
      const at = spender.inputs.findIndex(({ tx }) => tx === inFlight.tx)
      const args = {
        inFlightTx: inFlight.tx,
        inFlightTxInclusionProof: inFlight.proof,
        outputUtxoPos: spender.inputs[at]?.utxoPos ?? 0n,
        challengingTx: spender.tx,
        challengingTxInputIndex: at,
        challengingTxWitness: spender.witnesses[at],
        senderData: stage.senderData(by),
        ...other,
      }
      return act(by, { name: 'challengeInFlightExitOutputSpent', args: [args] })
    },
    deleteInFlightExit: (exitId: bigint) => act('guard', { name: 'deleteNonPiggybackedInFlightExit', args: [exitId] }),
  }
}

type Sent = { by?: Role; value?: bigint }

function sharedInput(one: Payment, other: Payment): { coin: Coin; left: number; right: number } {
  for (const [left, coin] of one.inputs.entries()) {
    const right = other.inputs.findIndex(({ utxoPos }) => utxoPos === coin.utxoPos)
    if (right >= 0) return { coin, left, right }
  }
  throw new Error('They share no input')
}

/** When the contract will process what was queued: the upper bits of the priority (contracts v1.0.4, section 3). */
export function exitableAt(done: Done): bigint {
  return (only(done, 'ExitQueued')['priority'] as bigint) >> 214n
}

/** The id of the exit that was queued. */
export function queuedExit(done: Done): bigint {
  return only(done, 'ExitQueued')['exitId'] as bigint
}
