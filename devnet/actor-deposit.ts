import { encodeFunctionData, parseEventLogs } from 'viem'
import { toHex } from '../src/lib/bytes.ts'
import { depositTransaction } from '../src/plasma/encode-transaction.ts'
import { type Address, ETH, type Wei } from '../src/plasma/units.ts'
import { actorAbi, tokenAbi } from './actor-abi.ts'
import { type Coin, coinsOf } from './actor-coin.ts'
import type { Call, Receipt, Wallet } from './wallet.ts'

/** A coin that a deposit has just made. */
export type Deposited = Coin & { receipt: Receipt }

/** Brings ether to the child chain. */
export async function depositEther(wallet: Wallet, amount: Wei): Promise<Deposited> {
  const { call, deposited } = depositEtherCall(wallet, amount)
  return deposited(await wallet.call(call))
}

/** The call alone, and what it makes once it is mined, for whoever deposits many coins at once. */
export function depositEtherCall(
  { address, contracts }: Pick<Wallet, 'address' | 'contracts'>,
  amount: Wei,
): { call: Call; deposited: (receipt: Receipt) => Deposited } {
  const creator = depositTransaction({ owner: address, currency: ETH, amount })
  const call = { to: contracts.ethVault, data: depositCall(creator), value: amount }
  return { call, deposited: (receipt) => deposited(creator, receipt) }
}

/** Brings tokens to the child chain; approves them first. */
export async function depositToken(wallet: Wallet, token: Address, amount: Wei): Promise<Deposited> {
  const { erc20Vault } = wallet.contracts
  await wallet.call({
    to: token,
    data: encodeFunctionData({ abi: tokenAbi, functionName: 'approve', args: [erc20Vault, amount] }),
  })
  const creator = depositTransaction({ owner: wallet.address, currency: token, amount })
  return deposited(creator, await wallet.call({ to: erc20Vault, data: depositCall(creator) }))
}

function depositCall(creator: Uint8Array) {
  return encodeFunctionData({ abi: actorAbi, functionName: 'deposit', args: [toHex(creator)] })
}

function deposited(creator: Uint8Array, receipt: Receipt): Deposited {
  const [log] = parseEventLogs({ abi: actorAbi, eventName: 'DepositCreated', logs: receipt.logs })
  if (!log) throw new Error('The vault did not say which block the deposit got.')
  const [coin] = coinsOf(creator, { blknum: log.args.blknum, txIndex: 0 })
  if (!coin) throw new Error('A deposit has one output.')
  return { ...coin, receipt }
}
