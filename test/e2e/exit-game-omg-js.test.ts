import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { Web3 } from 'web3'
import { encodeUtxoPos } from '../../src/plasma/position.ts'
import { ETH } from '../../src/plasma/units.ts'
import type { Role } from '../../devnet/accounts.ts'
import type { Coin } from './exit-game-coins.ts'
import { exitCalls } from './exit-game-exits.ts'
import { openStage, PERIOD, SE_BOND, type Stage } from './exit-game-stage.ts'

type Sent = { txOptions: { from: string; privateKey: string } }
type Receipt = { status: unknown; transactionHash: string }

/** What these tests call of omg-js 4.1.2, which has no types. */
type RootChain = {
  deposit: (args: Sent & { amount: string; currency?: string }) => Promise<Receipt>
  approveToken: (args: Sent & { erc20Address: string; amount: string }) => Promise<Receipt>
  getDepositExitData: (args: { transactionHash: string }) => Promise<Record<string, unknown>>
  getStandardExitId: (args: { txBytes: string; utxoPos: string; isDeposit: boolean }) => Promise<string>
  getInFlightExitId: (args: { txBytes: string }) => Promise<string | bigint>
  getInFlightExitData: (args: { exitIds: string[] }) => Promise<unknown[]>
  startStandardExit: (args: Sent & { utxoPos: string; outputTx: string; inclusionProof: string }) => Promise<Receipt>
  startInFlightExit: (
    args: Sent & {
      inFlightTx: string
      inputTxs: string[]
      inputUtxosPos: string[]
      inputTxsInclusionProofs: string[]
      inFlightTxSigs: string[]
    },
  ) => Promise<Receipt>
  piggybackInFlightExitOnOutput: (args: Sent & { inFlightTx: string; outputIndex: number }) => Promise<Receipt>
  processExits: (args: Sent & { token: string; exitId: number; maxExitsToProcess: number }) => Promise<Receipt>
  hasToken: (token: string) => Promise<boolean>
  getExitQueue: (token?: string) => Promise<{ exitId: string; exitableAt: string }[]>
}

// Only against hanging: the first start compiles the contracts.
jest.setTimeout(300_000)

let stage: Stage
let rootChain: RootChain

beforeAll(async () => {
  stage = await openStage()
  const web3 = new Web3(stage.chain.url)
  web3.eth.transactionPollingInterval = 20
  // omg-js asks for the version, which web3 keeps on its class since version 4 (contracts.md 14).
  Object.assign(web3, { version: Web3.version })
  const load = createRequire(import.meta.url)
  const Client = load('@omisego/omg-js-rootchain') as new (config: unknown) => RootChain
  rootChain = new Client({ web3, plasmaContractAddress: stage.deployment.framework })
})
afterAll(() => stage.close())

function by(who: Role): Sent {
  const { address, privateKey } = stage.accounts[who]
  return { txOptions: { from: address, privateKey } }
}

/** Deposits as a wallet would, and lets omg-js prove it, which takes seconds: it hashes all 65,536 leaves. */
async function depositOf(who: Role, amount: string): Promise<Coin> {
  const { transactionHash } = await rootChain.deposit({ amount, ...by(who) })
  const data = await rootChain.getDepositExitData({ transactionHash })
  const utxoPos = BigInt(String(data['utxo_pos']))
  return {
    utxoPos: encodeUtxoPos({ blknum: utxoPos / 1_000_000_000n, txIndex: 0, outputIndex: 0 }),
    tx: String(data['txbytes']) as `0x${string}`,
    proof: String(data['proof']) as `0x${string}`,
    owner: who,
    currency: ETH,
    amount: BigInt(amount),
  }
}

describe('a wallet with omg-js', () => {
  test('deposits, exits the deposit, and gets it back', async () => {
    const coin = await depositOf('alice', '1000')
    await rootChain.startStandardExit({
      utxoPos: coin.utxoPos.toString(),
      outputTx: coin.tx,
      inclusionProof: coin.proof,
      ...by('alice'),
    })
    const exitId = await rootChain.getStandardExitId({
      txBytes: coin.tx,
      utxoPos: coin.utxoPos.toString(),
      isDeposit: true,
    })
    const queue = await rootChain.getExitQueue()
    expect(queue.map((entry) => BigInt(entry.exitId))).toEqual([BigInt(exitId)])
    expect(queue.map((entry) => BigInt(entry.exitableAt))).toEqual([(await stage.now()) + PERIOD])

    await stage.pass(PERIOD + 1n)
    const before = await stage.balance('alice')
    await rootChain.processExits({ token: ETH, exitId: 0, maxExitsToProcess: 10, ...by('bob') })
    expect(await stage.balance('alice')).toBe(before + 1000n + SE_BOND)
    expect(await rootChain.getExitQueue()).toEqual([])
  })

  test('starts an in-flight exit of a payment and joins it', async () => {
    const coin = await stage.deposit('alice', 1000n)
    const payment = stage.pay([coin], { to: 'bob', amount: 1000n })
    await rootChain.startInFlightExit({
      inFlightTx: payment.tx,
      inputTxs: [coin.tx],
      inputUtxosPos: [coin.utxoPos.toString()],
      inputTxsInclusionProofs: [coin.proof],
      inFlightTxSigs: [...payment.witnesses],
      ...by('alice'),
    })
    await rootChain.piggybackInFlightExitOnOutput({ inFlightTx: payment.tx, outputIndex: 0, ...by('bob') })
    // web3 4 answers with a bigint, omg-js takes text.
    const exitId = String(await rootChain.getInFlightExitId({ txBytes: payment.tx }))
    expect(BigInt(exitId)).toBe(await exitCalls(stage).inFlightExitId(payment))
    const [exit] = await rootChain.getInFlightExitData({ exitIds: [exitId] })
    expect(exit).toMatchObject({ isCanonical: true, exitMap: 16n })
  })

  test('deposits tokens', async () => {
    const { token } = stage.deployment
    expect(await rootChain.hasToken(token)).toBe(true)
    await rootChain.approveToken({ erc20Address: token, amount: '500', ...by('carol') })
    const { status } = await rootChain.deposit({ amount: '500', currency: token, ...by('carol') })
    expect(status).toBe(1n)
  })
})
