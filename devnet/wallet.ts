import { createPublicClient, createWalletClient, http, type TransactionReceipt } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { fromHex, type Hex } from '../src/lib/bytes.ts'
import type { Address } from '../src/plasma/units.ts'
import type { Signer } from './operator/payment.ts'

export type RootChainClient = ReturnType<typeof createPublicClient>

/** The addresses that a person needs. */
export type Contracts = { framework: Address; ethVault: Address; erc20Vault: Address; exitGame: Address }

/** A call of a contract, and how it is to be sent. */
export type Call = {
  to: Address
  data: Hex
  value?: bigint
  /** Wei per gas for the miner: of two transactions in one block the higher one comes first. */
  priorityFee?: bigint
  /** Set to send without asking the node whether it would succeed. */
  gas?: bigint
}

export type Receipt = TransactionReceipt

/** A key, the root chain, and the contracts of one plasma chain. */
export type Wallet = {
  address: Address
  contracts: Contracts
  signer: Signer
  client: RootChainClient
  /** Resolves when the node has accepted it. */
  send: (call: Call) => Promise<Hex>
  /** Resolves when it is mined. Throws when it was reverted. */
  mined: (hash: Hex) => Promise<Receipt>
  /** Sends and waits. */
  call: (call: Call) => Promise<Receipt>
}

/** A client of the node at `url`, that asks often: blocks of the devnet come at once. */
export function connect(url: string): RootChainClient {
  return createPublicClient({ transport: http(url), pollingInterval: 50, cacheTime: 0 })
}

export function openWallet(at: { url: string; contracts: Contracts; privateKey: Hex }): Wallet {
  const account = privateKeyToAccount(at.privateKey)
  const client = connect(at.url)
  const sender = createWalletClient({ transport: http(at.url), account })
  const address = lower(account.address)

  async function send({ priorityFee, ...call }: Call): Promise<Hex> {
    const fees =
      priorityFee === undefined
        ? {}
        : { maxPriorityFeePerGas: priorityFee, maxFeePerGas: priorityFee * 2n + 10n ** 11n }
    return sender.sendTransaction({ ...call, ...fees, chain: null })
  }

  async function mined(hash: Hex): Promise<Receipt> {
    const receipt = await client.waitForTransactionReceipt({ hash })
    if (receipt.status !== 'success') throw new Error(`The transaction ${hash} was reverted.`)
    return receipt
  }

  return {
    address,
    contracts: at.contracts,
    signer: { address, privateKey: fromHex(at.privateKey), framework: at.contracts.framework },
    client,
    send,
    mined,
    call: async (call) => mined(await send(call)),
  }
}

function lower(address: string): Address {
  return address.toLowerCase() as Address
}
