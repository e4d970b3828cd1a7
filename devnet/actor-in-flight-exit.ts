import { encodeFunctionData, keccak256 } from 'viem'
import { toHex } from '../src/lib/bytes.ts'
import { encodeUtxoPos } from '../src/plasma/position.ts'
import { actorAbi as abi } from './actor-abi.ts'
import { type Coin, inclusionProof, type Leaves, proofOf, transactionOf } from './actor-coin.ts'
import type { Included, Payment } from './actor-payment.ts'
import { ensureExitQueue } from './actor-standard-exit.ts'
import type { Receipt, Wallet } from './wallet.ts'

/** Starts the in-flight exit of a payment: whoever has its bytes may. */
export async function startInFlightExit(wallet: Wallet, payment: Payment, leaves: Leaves): Promise<Receipt> {
  const proofs = await Promise.all(payment.inputs.map((coin) => inclusionProof(coin, leaves)))
  const args = {
    inFlightTx: toHex(payment.raw),
    inputTxs: payment.inputs.map(({ creator }) => toHex(creator)),
    inputUtxosPos: payment.inputs.map(({ utxoPos }) => utxoPos as bigint),
    inputTxsInclusionProofs: proofs.map(toHex),
    inFlightTxWitnesses: payment.signatures.map(toHex),
  }
  const data = encodeFunctionData({ abi, functionName: 'startInFlightExit', args: [args] })
  return wallet.call({ to: wallet.contracts.exitGame, data, value: await bond(wallet, 'startIFEBondSize') })
}

/** Joins an in-flight exit to get an own input back. */
export async function piggybackOnInput(wallet: Wallet, payment: Payment, inputIndex: number): Promise<Receipt> {
  const coin = payment.inputs[inputIndex]
  if (!coin) throw new Error('The payment has no such input.')
  await ensureExitQueue(wallet, coin.currency)
  const args = [{ inFlightTx: toHex(payment.raw), inputIndex }] as const
  const data = encodeFunctionData({ abi, functionName: 'piggybackInFlightExitOnInput', args })
  return wallet.call({ to: wallet.contracts.exitGame, data, value: await bond(wallet, 'piggybackBondSize') })
}

/** Joins an in-flight exit to get an own output out. */
export async function piggybackOnOutput(wallet: Wallet, payment: Payment, outputIndex: number): Promise<Receipt> {
  const output = transactionOf(payment.raw).outputs[outputIndex]
  if (!output) throw new Error('The payment has no such output.')
  await ensureExitQueue(wallet, output.currency)
  const args = [{ inFlightTx: toHex(payment.raw), outputIndex }] as const
  const data = encodeFunctionData({ abi, functionName: 'piggybackInFlightExitOnOutput', args })
  return wallet.call({ to: wallet.contracts.exitGame, data, value: await bond(wallet, 'piggybackBondSize') })
}

/** Shows a competitor that shares an input with the payment in flight; where it stands, when it is in a block. */
export async function challengeNotCanonical(
  wallet: Wallet,
  { inFlight, competitor }: { inFlight: Payment; competitor: Payment | Included },
  leaves: Leaves,
): Promise<Receipt> {
  const { coin, ofFirst, ofSecond, witness } = sharedInput(inFlight, competitor)
  const place = 'blknum' in competitor ? competitor : undefined
  const args = {
    inputTx: toHex(coin.creator),
    inputUtxoPos: coin.utxoPos,
    inFlightTx: toHex(inFlight.raw),
    inFlightTxInputIndex: ofFirst,
    competingTx: toHex(competitor.raw),
    competingTxInputIndex: ofSecond,
    competingTxPos: place ? positionOf(place) : 0n,
    competingTxInclusionProof: place ? toHex(await placeProof(place, leaves)) : '0x',
    competingTxWitness: toHex(witness),
  } as const
  const data = encodeFunctionData({ abi, functionName: 'challengeInFlightExitNotCanonical', args: [args] })
  return wallet.call({ to: wallet.contracts.exitGame, data })
}

/** Shows that the payment in flight stands in a block, before any competitor. */
export async function respondToNonCanonicalChallenge(
  wallet: Wallet,
  inFlight: Included,
  leaves: Leaves,
): Promise<Receipt> {
  const args = [toHex(inFlight.raw), positionOf(inFlight), toHex(await placeProof(inFlight, leaves))] as const
  const data = encodeFunctionData({ abi, functionName: 'respondToNonCanonicalChallenge', args })
  return wallet.call({ to: wallet.contracts.exitGame, data })
}

/** Shows that a piggybacked input is spent by another payment. */
export function challengeInputSpent(wallet: Wallet, inFlight: Payment, spender: Payment): Promise<Receipt> {
  const { coin, ofFirst, ofSecond, witness } = sharedInput(inFlight, spender)
  const args = {
    inFlightTx: toHex(inFlight.raw),
    inFlightTxInputIndex: ofFirst,
    challengingTx: toHex(spender.raw),
    challengingTxInputIndex: ofSecond,
    challengingTxWitness: toHex(witness),
    inputTx: toHex(coin.creator),
    inputUtxoPos: coin.utxoPos,
    senderData: keccak256(wallet.address),
  }
  const data = encodeFunctionData({ abi, functionName: 'challengeInFlightExitInputSpent', args: [args] })
  return wallet.call({ to: wallet.contracts.exitGame, data })
}

/** Shows that a piggybacked output of an included payment is spent. */
export async function challengeOutputSpent(
  wallet: Wallet,
  { inFlight, spender }: { inFlight: Included; spender: Payment },
  leaves: Leaves,
): Promise<Receipt> {
  const spent = inFlight.outputs.find(({ utxoPos }) => spender.inputs.some((input) => input.utxoPos === utxoPos))
  const index = spender.inputs.findIndex(({ utxoPos }) => utxoPos === spent?.utxoPos)
  const witness = spender.signatures[index]
  if (!spent || !witness) throw new Error('The payment spends no output of the one in flight.')
  const args = {
    inFlightTx: toHex(inFlight.raw),
    inFlightTxInclusionProof: toHex(await placeProof(inFlight, leaves)),
    outputUtxoPos: spent.utxoPos,
    challengingTx: toHex(spender.raw),
    challengingTxInputIndex: index,
    challengingTxWitness: toHex(witness),
    senderData: keccak256(wallet.address),
  }
  const data = encodeFunctionData({ abi, functionName: 'challengeInFlightExitOutputSpent', args: [args] })
  return wallet.call({ to: wallet.contracts.exitGame, data })
}

/** Ends an in-flight exit that nobody joined, after phase 1; its bond goes to the bond's owner. */
export function deleteNonPiggybacked(wallet: Wallet, exitId: bigint): Promise<Receipt> {
  const data = encodeFunctionData({ abi, functionName: 'deleteNonPiggybackedInFlightExit', args: [exitId] })
  return wallet.call({ to: wallet.contracts.exitGame, data })
}

type Shared = { coin: Coin; ofFirst: number; ofSecond: number; witness: Uint8Array }

function sharedInput(first: Payment, second: Payment): Shared {
  for (const [ofFirst, coin] of first.inputs.entries()) {
    const ofSecond = second.inputs.findIndex(({ utxoPos }) => utxoPos === coin.utxoPos)
    const witness = second.signatures[ofSecond]
    if (witness) return { coin, ofFirst, ofSecond, witness }
  }
  throw new Error('The two payments share no input.')
}

async function placeProof({ blknum, txIndex }: Included, leaves: Leaves): Promise<Uint8Array> {
  return proofOf(await leaves(blknum), txIndex)
}

function positionOf({ blknum, txIndex }: Included): bigint {
  return encodeUtxoPos({ blknum, txIndex, outputIndex: 0 })
}

function bond(wallet: Wallet, functionName: 'startIFEBondSize' | 'piggybackBondSize'): Promise<bigint> {
  return wallet.client.readContract({ address: wallet.contracts.exitGame, abi, functionName })
}
