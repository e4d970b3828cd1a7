import { setTimeout as pause } from 'node:timers/promises'
import { type Abi, createWalletClient, encodeFunctionData, hexToBytes, http, type TransactionReceipt } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { plasmaArtifact } from '../../devnet/artifact.ts'
import { compileContracts } from '../../devnet/compile.ts'
import { deployerOf } from '../../devnet/deployer.ts'
import { type Deployment, readDeployment } from '../../src/chain/deployment.ts'
import { createNode, type Node } from '../../src/chain/node.ts'
import { createRootChain } from '../../src/chain/root-chain.ts'
import type { Archive } from '../../src/chain/sources.ts'
import { inFlightExitId } from '../../src/exit-game/exit-id.ts'
import { type Hex, toHex } from '../../src/lib/bytes.ts'
import { leafHash, merkleProof } from '../../src/plasma/merkle.ts'
import { encodeUtxoPos } from '../../src/plasma/position.ts'
import { depositTransaction } from '../../src/plasma/encode-transaction.ts'
import { type Address, ETH, type Wei } from '../../src/plasma/units.ts'
import type { ContractLogs } from '../../src/watcher/root-chain.ts'
import type { Coin, Included, Payment } from './exit-game-coins.ts'
import { type Done, IFE_BOND, SE_BOND, type Stage } from './exit-game-stage.ts'

type InnerCall = { to: Address; value: bigint; data: Hex }

type Reading = { traces?: boolean; archive?: Archive; to?: bigint }

type Abis = { wallet: Abi; exitGame: Abi; vault: Abi }
type Place = { stage: Stage; node: Node; deployment: Deployment; wallet: Address; abis: Abis }

/** A contract wallet of Mallory's on a stage, what goes through it, and what our own reader makes of that. */
export type WalletStage = Awaited<ReturnType<typeof openWallet>>

export async function openWallet(stage: Stage) {
  const node = createNode({ urls: [stage.chain.url] })
  const deployment = await readDeployment(node, stage.deployment.framework)
  const contracts = await compileContracts()
  const vault = await plasmaArtifact('EthVault')
  const artifact = contracts('ContractWallet')
  const abis = { wallet: artifact.abi, exitGame: contracts('PaymentExitGame').abi, vault: vault.abi }
  const wallet = await deployerOf(stage.chain.url, stage.accounts.mallory).deploy(artifact, [])
  const place = { stage, node, deployment, wallet, abis }
  const inner = innerCalls(place)
  const hands = createHands(place)
  const read = createReading(place)
  const walletCoins = createCoins(place, { ...inner, ...hands, read })
  return { ...place, ...inner, ...hands, read, walletCoins, headNow: () => stage.client.getBlockNumber() }
}

function createHands({ stage, wallet, abis }: Place) {
  /** Asks until it is there; viem asks again with the next block only, which never comes on this chain. */
  async function receiptOf(hash: Hex): Promise<TransactionReceipt> {
    for (;;) {
      const receipt = await stage.client.getTransactionReceipt({ hash }).catch(() => undefined)
      if (receipt) return receipt
      await pause(10)
    }
  }

  /** Calls of a contract that is none of ours: the stage's hands know only the network's. */
  async function throughWallet(functionName: string, args: readonly unknown[], value = 0n): Promise<Done> {
    const account = privateKeyToAccount(stage.accounts.mallory.privateKey)
    const client = createWalletClient({ transport: http(stage.chain.url), account })
    const data = encodeFunctionData({ abi: abis.wallet, functionName, args })
    const hash = await client.sendTransaction({ to: wallet, data, value, chain: null })
    const receipt = await receiptOf(hash)
    if (receipt.status !== 'success') throw new Error(`${functionName} was reverted`)
    return { receipt, events: [] }
  }

  const multicall = (...inner: InnerCall[]) => throughWallet('perform', [inner], sum(inner))

  /** Told before, so that the transaction shows nothing of it; `decoy` is what it shows instead. */
  async function scripted(inner: readonly InnerCall[], decoy: Hex = '0x'): Promise<Done> {
    await throughWallet('prepare', [inner])
    return throughWallet('performPrepared', [decoy], sum(inner))
  }

  return { throughWallet, multicall, scripted }
}

const sum = (inner: readonly InnerCall[]) => inner.reduce((total, { value }) => total + value, 0n)

/** Calls of the network's contracts, as bytes. */
function innerCalls({ stage, deployment, abis }: Place) {
  function ofGame(functionName: string, args: readonly unknown[], value = 0n): InnerCall {
    return {
      to: deployment.paymentExitGame,
      value,
      data: encodeFunctionData({ abi: abis.exitGame, functionName, args }),
    }
  }

  function startOf({ utxoPos, tx, proof }: Pick<Coin, 'utxoPos' | 'tx' | 'proof'>): InnerCall {
    return ofGame('startStandardExit', [{ utxoPos, rlpOutputTx: tx, outputTxInclusionProof: proof }], SE_BOND)
  }

  function startInFlightOf(payment: Payment, change: Partial<ReturnType<typeof inFlightArgs>> = {}): InnerCall {
    return ofGame('startInFlightExit', [{ ...inFlightArgs(payment), ...change }], IFE_BOND)
  }

  function challengeOf(inFlight: Payment, competitor: Payment | Included, change: object = {}): InnerCall {
    const [coin] = inFlight.inputs
    const args = {
      inputTx: coin?.tx,
      inputUtxoPos: coin?.utxoPos,
      inFlightTx: inFlight.tx,
      inFlightTxInputIndex: 0,
      competingTx: competitor.tx,
      competingTxInputIndex: 0,
      competingTxPos: 'txPos' in competitor ? competitor.txPos : 0n,
      competingTxInclusionProof: 'txPos' in competitor ? competitor.proof : '0x',
      competingTxWitness: competitor.witnesses[0],
      ...change,
    }
    return ofGame('challengeInFlightExitNotCanonical', [args])
  }

  /** The same bytes sent to somebody who does nothing with them. */
  const decoyOf = ({ data }: InnerCall): InnerCall => ({ to: stage.accounts.carol.address, value: 0n, data })

  function depositOf(raw: Uint8Array, amount: bigint): InnerCall {
    const data = encodeFunctionData({ abi: abis.vault, functionName: 'deposit', args: [toHex(raw)] })
    return { to: deployment.ethVault, value: amount, data }
  }

  return { startOf, startInFlightOf, challengeOf, decoyOf, depositOf }
}

type Parts = Pick<ReturnType<typeof innerCalls>, 'depositOf'> &
  Pick<ReturnType<typeof createHands>, 'multicall'> & { read: ReturnType<typeof createReading> }

function createCoins({ wallet }: Place, { depositOf, multicall, read }: Parts) {
  /** Coins of the wallet: plain deposits. */
  async function walletCoins(...amounts: bigint[]): Promise<Coin[]> {
    const raws = amounts.map((amount) => depositTransaction({ owner: wallet, currency: ETH, amount: amount as Wei }))
    const done = await multicall(...raws.map((raw, at) => depositOf(raw, amounts[at] ?? 0n)))
    const { events } = await read(done)
    return events
      .filter((event) => event.type === 'DepositCreated')
      .map(({ blknum, amount }, at) => {
        const raw = raws[at] ?? new Uint8Array()
        const utxoPos = encodeUtxoPos({ blknum, txIndex: 0, outputIndex: 0 })
        const proof = toHex(merkleProof([leafHash(raw)], 0))
        return { utxoPos, tx: toHex(raw), proof, owner: 'mallory' as const, currency: ETH, amount }
      })
  }

  return walletCoins
}

function createReading({ node, deployment }: Place) {
  /** What is read of the blocks from that of one thing on, or of that alone; most nodes do not trace. */
  async function read({ receipt }: Done, { traces = false, archive, to }: Reading = {}): Promise<ContractLogs> {
    const silent: Node = {
      ...node,
      attempt: async (method, ...rest) =>
        method.startsWith('debug_')
          ? { ok: false, fault: { code: -32601, text: 'no' } }
          : node.attempt(method, ...rest),
    }
    const setup = { node: traces ? node : silent, deployment, ...(archive ? { archive } : {}) }
    return createRootChain(setup).events(receipt.blockNumber, to ?? receipt.blockNumber)
  }

  return read
}

export function inFlightArgs({ tx, inputs, witnesses }: Payment) {
  return {
    inFlightTx: tx,
    inputTxs: inputs.map((coin) => coin.tx),
    inputUtxosPos: inputs.map(({ utxoPos }) => utxoPos),
    inputTxsInclusionProofs: inputs.map(({ proof }) => proof),
    inFlightTxWitnesses: witnesses,
  }
}

export const bytes = (text: Hex | undefined) => hexToBytes(text ?? '0x')

/** What an in-flight exit of a payment is known by. */
export function known({ tx, inputs, witnesses }: Payment) {
  return {
    type: 'InFlightExitStarted',
    exitId: inFlightExitId(bytes(tx)),
    inFlightTx: bytes(tx),
    signatures: witnesses.map(bytes),
    inputTxs: inputs.map((coin) => bytes(coin.tx)),
    inputUtxosPos: inputs.map(({ utxoPos }) => utxoPos),
  }
}
