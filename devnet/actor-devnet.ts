import { readFile, writeFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { parseEventLogs } from 'viem'
import { fromHex, type Hex } from '../src/lib/bytes.ts'
import { decodeUtxoPos, isDepositBlock } from '../src/plasma/position.ts'
import { depositTransaction } from '../src/plasma/encode-transaction.ts'
import { decodeSignedTransaction } from '../src/plasma/transaction.ts'
import type { Address, Wei } from '../src/plasma/units.ts'
import type { Accounts } from './accounts.ts'
import { type Actor } from './actor.ts'
import { actorAbi as abi } from './actor-abi.ts'
import { type Coin, coinsOf } from './actor-coin.ts'
import { gatherPeople, type Person } from './actor-network.ts'
import { post } from './actor-submit.ts'
import { connect, type Contracts, type RootChainClient } from './wallet.ts'

/** What `devnet up` writes down, so that other commands find it. */
export type DevnetFile = {
  rootChain: string
  operator: string
  contracts: Contracts
  token: Address
  accounts: Accounts
}

/** A devnet that somebody else keeps running. */
export type Devnet = DevnetFile & {
  client: RootChainClient
  people: Readonly<Record<Person, Actor>>
  /** The output at a position, spent or not. */
  coinAt: (utxoPos: bigint) => Promise<Coin>
  /** Resolves when the child block is on the root chain. */
  untilSubmitted: (blknum: bigint) => Promise<void>
}

const LOOK_EVERY_MS = 200

export async function writeDevnetFile(path: string, file: DevnetFile): Promise<void> {
  await writeFile(path, `${JSON.stringify(file, undefined, 2)}\n`, { mode: 0o600 })
}

/** @throws when there is no such file: `devnet up` has not been started there. */
export async function openDevnet(path: string): Promise<Devnet> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new Error(`There is no ${path}: start plasma-guard devnet up first, or name its file with --devnet.`)
  })
  const file = JSON.parse(text) as DevnetFile
  const client = connect(file.rootChain)
  const root = async (blknum: bigint) => {
    const { framework } = file.contracts
    return client.readContract({ address: framework, abi, functionName: 'blocks', args: [blknum] })
  }
  const leaves = async (blknum: bigint) => blockOf(file.operator, (await root(blknum))[0])
  return {
    ...file,
    client,
    people: gatherPeople({ ...file, url: file.rootChain, operatorUrl: file.operator, leaves }),
    coinAt: (utxoPos) => coinAt({ file, client, leaves }, utxoPos),
    untilSubmitted: async (blknum) => {
      while ((await root(blknum))[1] === 0n) await pause(LOOK_EVERY_MS)
    },
  }
}

/** The raw transactions of a block, as the operator serves it. */
async function blockOf(operator: string, hash: Hex): Promise<readonly Uint8Array[]> {
  const { transactions } = (await post(operator, '/block.get', { hash })) as { transactions: readonly Hex[] }
  return transactions.map((text) => {
    const decoded = decodeSignedTransaction(fromHex(text))
    if (!decoded.ok) throw new Error(`The operator serves bytes that are no transaction: ${decoded.error}`)
    return decoded.value.transaction.raw
  })
}

type Sources = {
  file: DevnetFile
  client: RootChainClient
  leaves: (blknum: bigint) => Promise<readonly Uint8Array[]>
}

async function coinAt(sources: Sources, utxoPos: bigint): Promise<Coin> {
  const { blknum, txIndex, outputIndex } = decodeUtxoPos(utxoPos)
  const raw = isDepositBlock(blknum) ? await depositAt(sources, blknum) : (await sources.leaves(blknum))[txIndex]
  const coin = raw && coinsOf(raw, { blknum, txIndex })[outputIndex]
  if (!coin) throw new Error(`There is no output at ${utxoPos}.`)
  return coin
}

async function depositAt({ file, client }: Sources, blknum: bigint): Promise<Uint8Array | undefined> {
  const { ethVault, erc20Vault } = file.contracts
  const logs = await client.getLogs({ address: [ethVault, erc20Vault], fromBlock: 0n })
  const deposits = parseEventLogs({ abi, eventName: 'DepositCreated', logs })
  const args = deposits.find((deposit) => deposit.args.blknum === blknum)?.args
  if (!args) return undefined
  return depositTransaction({
    owner: args.depositor.toLowerCase() as Address,
    currency: args.token.toLowerCase() as Address,
    amount: args.amount as Wei,
  })
}
