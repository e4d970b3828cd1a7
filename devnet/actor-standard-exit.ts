import { encodeFunctionData, keccak256, parseEventLogs } from 'viem'
import { toHex } from '../src/lib/bytes.ts'
import { type Address, ETH } from '../src/plasma/units.ts'
import { actorAbi as abi } from './actor-abi.ts'
import { type Coin, inclusionProof, type Leaves, transactionOf } from './actor-coin.ts'
import type { Payment } from './actor-payment.ts'
import type { Call, Receipt, Wallet } from './wallet.ts'

export type StartedExit = { exitId: bigint; coin: Coin; receipt: Receipt }

/** Exits a coin the standard way, spent or not. Makes the token's exit queue when there is none. */
export async function startStandardExit(wallet: Wallet, coin: Coin, leaves: Leaves): Promise<StartedExit> {
  await ensureExitQueue(wallet, coin.currency)
  return exitStarted(coin, await wallet.call(await startStandardExitCall(wallet, coin, leaves)))
}

/** The call alone, for whoever wants to decide when it is mined. */
export async function startStandardExitCall(wallet: Wallet, coin: Coin, leaves: Leaves): Promise<Call> {
  const { exitGame } = wallet.contracts
  const args = {
    utxoPos: coin.utxoPos,
    rlpOutputTx: toHex(coin.creator),
    outputTxInclusionProof: toHex(await inclusionProof(coin, leaves)),
  }
  return {
    to: exitGame,
    data: encodeFunctionData({ abi, functionName: 'startStandardExit', args: [args] }),
    value: await wallet.client.readContract({ address: exitGame, abi, functionName: 'startStandardExitBondSize' }),
  }
}

/** @throws when the receipt is of something else. */
export function exitStarted(coin: Coin, receipt: Receipt): StartedExit {
  const [log] = parseEventLogs({ abi, eventName: 'ExitStarted', logs: receipt.logs })
  if (!log) throw new Error('No exit was started.')
  return { exitId: log.args.exitId, coin, receipt }
}

/** Challenges a standard exit with a payment that spends its coin. */
export function challengeStandardExitCall(
  wallet: Wallet,
  exit: { exitId: bigint; coin: Coin },
  spender: Payment,
): Call {
  const inputIndex = transactionOf(spender.raw).inputs.indexOf(exit.coin.utxoPos)
  const witness = spender.signatures[inputIndex]
  if (!witness) throw new Error('The payment does not spend the coin of the exit.')
  const args = {
    exitId: exit.exitId,
    exitingTx: toHex(exit.coin.creator),
    challengeTx: toHex(spender.raw),
    inputIndex,
    witness: toHex(witness),
    senderData: keccak256(wallet.address),
  }
  return {
    to: wallet.contracts.exitGame,
    data: encodeFunctionData({ abi, functionName: 'challengeStandardExit', args: [args] }),
  }
}

/** Pays out what has matured of one token's queue. */
export function processExits(wallet: Wallet, currency: Address, most = 10n): Promise<Receipt> {
  const args = [vaultOf(currency), currency, 0n, most] as const
  return wallet.call({
    to: wallet.contracts.framework,
    data: encodeFunctionData({ abi, functionName: 'processExits', args }),
  })
}

/** Makes the exit queue of a token, when there is none. */
export async function ensureExitQueue(wallet: Wallet, currency: Address): Promise<void> {
  const { framework } = wallet.contracts
  const args = [vaultOf(currency), currency] as const
  if (await wallet.client.readContract({ address: framework, abi, functionName: 'hasExitQueue', args })) return
  await wallet.call({ to: framework, data: encodeFunctionData({ abi, functionName: 'addExitQueue', args }) })
}

function vaultOf(currency: Address): bigint {
  return currency === ETH ? 1n : 2n
}
