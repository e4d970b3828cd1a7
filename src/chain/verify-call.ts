import { equalBytes } from '../lib/bytes.ts'
import { verifyProof } from '../plasma/merkle.ts'
import { outputId } from '../plasma/output-id.ts'
import { decodeUtxoPos } from '../plasma/position.ts'
import { recover } from '../plasma/signature.ts'
import { decodeTransaction, type Output, type Transaction } from '../plasma/transaction.ts'
import { signingHash } from '../plasma/typed-data.ts'
import type { UtxoPos } from '../plasma/units.ts'
import {
  type CanonicityChallenge,
  type InFlightExitStart,
  NOT_INCLUDED,
  type SharedInput,
  type StandardExitStart,
} from './call-arguments.ts'
import type { InFlightExitState, StandardExitState, WithdrawData } from './exit-game.ts'
import type { Sources } from './sources.ts'

/**
 * Whether the contract can have accepted what calldata says, for calldata may hold decoys that were never called: checked
 * against what the contract holds of the exit while it does, and against the roots of child blocks, which stay.
 */
type Facts = Pick<Sources, 'framework' | 'submittedBlock' | 'archive'>

export async function isStandardExitStart(
  { utxoPos, outputTx, proof }: StandardExitStart,
  state: StandardExitState | undefined,
  facts: Facts,
): Promise<boolean> {
  return state ? state.utxoPos === utxoPos : isIncluded({ raw: outputTx, position: utxoPos, proof }, facts)
}

export async function isInFlightExitStart(
  start: InFlightExitStart & { proofs: readonly Uint8Array[] },
  state: InFlightExitState | undefined,
  facts: Facts,
): Promise<boolean> {
  const decoded = decodeTransaction(start.inFlightTx)
  if (!decoded.ok) return false
  for (const input of inputsOf(start)) {
    const output = outputOf(input.raw, input.position)
    if (!output || !signedBy(decoded.value, { output, signature: input.signature }, facts)) return false
    const held = state?.inputs[input.index]
    if (!(held ? isHeld(input.raw, input.position, held) : await isIncluded(input, facts))) return false
  }
  return true
}

/** As many as the in-flight transaction has. */
function inputsOf({ inputUtxosPos, inputTxs, signatures, proofs }: Parameters<typeof isInFlightExitStart>[0]) {
  const none = new Uint8Array()
  return inputUtxosPos.map((position, index) => {
    const [raw = none, signature = none, proof = none] = [inputTxs[index], signatures[index], proofs[index]]
    return { index, position, raw, signature, proof }
  })
}

type Logged = CanonicityChallenge & SharedInput & { competitorPosition: bigint }

/** Whether a challenge was made; `possible` where the contract is done with the exit and nothing else can tell. */
export type Likelihood = 'certain' | 'possible' | 'none'

export async function likelihoodOf(
  challenge: Logged,
  state: InFlightExitState | undefined,
  facts: Facts,
): Promise<Likelihood> {
  if (!isDoubleSpend(challenge, facts) || !(await standsWhereLogged(challenge, facts))) return 'none'
  const { inputTx, inputUtxoPos, inFlightTxInputIndex } = challenge
  const held = state?.inputs[inFlightTxInputIndex] ?? ownOutput(inputUtxoPos, facts)
  if (!held) return 'possible'
  return isHeld(inputTx, inputUtxoPos, held) ? 'certain' : 'none'
}

function ownOutput(position: UtxoPos, { archive }: Facts): Pick<WithdrawData, 'outputId'> | undefined {
  const own = archive?.(position)
  return own && { outputId: outputId(own, decodeUtxoPos(position).outputIndex, position) }
}

async function standsWhereLogged(
  { competingTx, competingTxProof, competitorPosition }: Logged,
  facts: Facts,
): Promise<boolean> {
  if (competitorPosition === NOT_INCLUDED) return true
  return isIncluded({ raw: competingTx, position: competitorPosition as UtxoPos, proof: competingTxProof }, facts)
}

/** Two transactions of one input, the second one signed by its owner as far as the input's transaction says. */
function isDoubleSpend(challenge: CanonicityChallenge & SharedInput, facts: Facts): boolean {
  const { inFlightTx, competingTx, competingTxInputIndex, competingTxSignature: signature } = challenge
  const [first, second] = [decodeTransaction(inFlightTx), decodeTransaction(competingTx)]
  if (!first.ok || !second.ok || equalBytes(inFlightTx, competingTx)) return false
  const { inputTx, inputUtxoPos, inFlightTxInputIndex } = challenge
  const shared =
    second.value.inputs[competingTxInputIndex] === inputUtxoPos &&
    first.value.inputs[inFlightTxInputIndex] === inputUtxoPos
  const output = outputOf(inputTx, inputUtxoPos)
  return shared && output !== undefined && signedBy(second.value, { output, signature }, facts)
}

/** The output's id is a hash of its transaction, so this leaves no room for another one. */
export function isHeld(raw: Uint8Array, position: UtxoPos, held: Pick<WithdrawData, 'outputId'>): boolean {
  return outputId(raw, decodeUtxoPos(position).outputIndex, position) === held.outputId
}

export function signedBy(
  transaction: Transaction,
  { output, signature }: { output: Pick<Output, 'owner'>; signature: Uint8Array },
  { framework }: Pick<Facts, 'framework'>,
): boolean {
  return recover(signingHash(transaction, framework), signature) === output.owner
}

function outputOf(raw: Uint8Array, position: UtxoPos): Output | undefined {
  const decoded = decodeTransaction(raw)
  return decoded.ok ? decoded.value.outputs[decodeUtxoPos(position).outputIndex] : undefined
}

async function isIncluded(
  { raw, position, proof }: { raw: Uint8Array; position: UtxoPos; proof: Uint8Array },
  { submittedBlock }: Pick<Facts, 'submittedBlock'>,
): Promise<boolean> {
  const { blknum, txIndex } = decodeUtxoPos(position)
  const block = await submittedBlock(blknum)
  return block !== undefined && verifyProof({ root: block.root, leaf: raw, index: txIndex, proof })
}
