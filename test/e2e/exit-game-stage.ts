import {
  createPublicClient,
  createWalletClient,
  decodeEventLog,
  http,
  keccak256,
  type Abi,
  type Log,
  type TransactionReceipt,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { fromHex, toHex } from '../../src/lib/bytes.ts'
import { leafHash, merkleProof, merkleRoot } from '../../src/plasma/merkle.ts'
import { encodeUtxoPos } from '../../src/plasma/position.ts'
import { depositTransaction } from '../../src/plasma/encode-transaction.ts'
import { ETH, type Address, type Wei } from '../../src/plasma/units.ts'
import type { Role } from '../../devnet/accounts.ts'
import { plasmaArtifact } from '../../devnet/artifact.ts'
import { increaseTime, revert, setCode, snapshot } from '../../devnet/chain-control.ts'
import { compileContracts } from '../../devnet/compile.ts'
import { deployerOf } from '../../devnet/deployer.ts'
import { startDevnetChain } from '../../devnet/devnet-chain.ts'
import { includeAll, makePayment, type Coin, type Included, type Payee, type Payment } from './exit-game-coins.ts'

export type Happened = { name: string; args: Record<string, unknown> }
export type Done = { receipt: TransactionReceipt; events: Happened[] }
type Contract = 'framework' | 'ethVault' | 'erc20Vault' | 'exitGame' | 'token'
type Call = { on?: Contract; at?: Address; name: string; args?: readonly unknown[]; value?: bigint }

export const PERIOD = 600n
export const SE_BOND = 14_000_000_000_000_000n
export const IFE_BOND = 37_000_000_000_000_000n
export const PB_BOND = 28_000_000_000_000_000n

/** PUSH1 0, PUSH1 0, REVERT. */
const REVERT = '0x60006000fd'

export type Stage = Awaited<ReturnType<typeof openStage>>

/** A chain with the contracts, and everybody's hands on it. Between {@link openStage} and `close` time moves by `pass`. */
export async function openStage() {
  const { chain, deployment } = await startDevnetChain({ minExitPeriodSeconds: PERIOD, mining: 'transactions' })
  const { accounts } = deployment
  const abis = await readAbis()
  const client = createPublicClient({ transport: http(chain.url), pollingInterval: 10, cacheTime: 0 })

  /** Rejects with the contract's reason, or resolves when it is mined. */
  async function act(
    who: Role,
    { on = 'exitGame', at = deployment[on], name, args = [], value = 0n }: Call,
  ): Promise<Done> {
    const account = privateKeyToAccount(accounts[who].privateKey)
    const wallet = createWalletClient({ transport: http(chain.url), account })
    const call = { address: at, abi: abis[on], functionName: name, args, value, account }
    const gas = await client.estimateContractGas(call)
    const hash = await wallet.writeContract({ ...call, gas: gas + gas / 2n, chain: null })
    const receipt = await client.waitForTransactionReceipt({ hash })
    if (receipt.status !== 'success') throw new Error(`${name} was reverted after its estimate`)
    return { receipt, events: receipt.logs.flatMap((log) => decode(abis, log)) }
  }

  async function ask(name: string, args: readonly unknown[] = [], on: Contract = 'exitGame'): Promise<unknown> {
    return client.readContract({ address: deployment[on], abi: abis[on], functionName: name, args })
  }

  async function now(): Promise<bigint> {
    return (await client.getBlock()).timestamp
  }

  async function deposit(owner: Role, amount: bigint, currency: Address = ETH): Promise<Coin> {
    const raw = depositTransaction({ owner: accounts[owner].address, currency, amount: amount as Wei })
    const on = currency === ETH ? 'ethVault' : 'erc20Vault'
    if (currency !== ETH) {
      await act(owner, { on: 'token', at: currency, name: 'approve', args: [deployment.erc20Vault, amount] })
    }
    const value = currency === ETH ? amount : 0n
    const { events } = await act(owner, { on, name: 'deposit', args: [toHex(raw)], value })
    const blknum = events.find(({ name }) => name === 'DepositCreated')?.args['blknum'] as bigint
    const utxoPos = encodeUtxoPos({ blknum, txIndex: 0, outputIndex: 0 })
    return { utxoPos, tx: toHex(raw), proof: toHex(merkleProof([leafHash(raw)], 0)), owner, currency, amount }
  }

  /** The operator makes a block of these. */
  async function include(...payments: Payment[]): Promise<Included[]> {
    const blknum = (await ask('nextChildBlock', [], 'framework')) as bigint
    const root = merkleRoot(payments.map(({ tx }) => fromHex(tx)))
    await act('authority', { on: 'framework', name: 'submitBlock', args: [root] })
    return includeAll(blknum, payments)
  }

  /** A token that the deployment knows nothing of. */
  async function newToken(owner: Role, amount: bigint): Promise<Address> {
    const contracts = await compileContracts()
    const token = await deployerOf(chain.url, accounts.deployer).deploy(contracts('TestToken'), [])
    await act(owner, { on: 'token', at: token, name: 'mint', args: [accounts[owner].address, amount] })
    return token
  }

  function pay(inputs: readonly Coin[], ...payees: Payee[]): Payment {
    return makePayment({ accounts, framework: deployment.framework }, { inputs, payees })
  }

  return {
    chain,
    deployment,
    accounts,
    client,
    act,
    ask,
    now,
    deposit,
    include,
    newToken,
    pay,
    processExits: (currency: Address = ETH, top = 0n) =>
      act('guard', {
        on: 'framework',
        name: 'processExits',
        args: [currency === ETH ? 1n : 2n, currency, top, 100n],
      }),
    pass: (seconds: bigint) => increaseTime(chain.url, seconds),
    passUntil: async (timestamp: bigint) => {
      await increaseTime(chain.url, timestamp - (await now()))
    },
    balance: (who: Role) => client.getBalance({ address: accounts[who].address }),
    /** From now on every call of it reverts. */
    breakContract: (address: Address) => setCode(chain.url, address, REVERT),
    /** From now on this account is a contract that reverts, as far as receiving goes. */
    refuseMoney: (who: Role) => setCode(chain.url, accounts[who].address, REVERT),
    senderData: (who: Role) => keccak256(accounts[who].address),
    snapshot: () => snapshot(chain.url),
    revert: (id: string) => revert(chain.url, id),
    close: () => chain.stop(),
  }
}

async function readAbis(): Promise<Record<Contract, Abi>> {
  const contracts = await compileContracts()
  const plasma = await Promise.all([
    plasmaArtifact('PlasmaFramework'),
    plasmaArtifact('EthVault'),
    plasmaArtifact('Erc20Vault'),
  ])
  const [framework, ethVault, erc20Vault] = plasma
  return {
    framework: framework.abi,
    ethVault: ethVault.abi,
    erc20Vault: erc20Vault.abi,
    exitGame: contracts('PaymentExitGame').abi,
    token: contracts('TestToken').abi,
  }
}

function decode(abis: Record<Contract, Abi>, { topics, data }: Log): Happened[] {
  for (const abi of Object.values(abis)) {
    try {
      const { eventName, args } = decodeEventLog({ abi, topics, data })
      return [{ name: String(eventName), args: (args ?? {}) as Record<string, unknown> }]
    } catch {
      // Another contract's event.
    }
  }
  return []
}

/** Names of what happened, in order. */
export function names({ events }: Done): string[] {
  return events.map(({ name }) => name)
}

/** The arguments of the only event of that name. */
export function only({ events }: Done, name: string): Record<string, unknown> {
  const found = events.filter((event) => event.name === name)
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} events ${name}`)
  return found[0].args
}
