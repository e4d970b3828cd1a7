import { parseEther } from 'viem'
import { ETH } from '../src/plasma/units.ts'
import type { Actor } from './actor.ts'
import { actorAbi as abi } from './actor-abi.ts'
import type { Devnet } from './actor-devnet.ts'
import { type Person, people } from './actor-network.ts'
import { increaseTime } from './chain-control.ts'

/** What a command did, as it is printed: a name and a value a line. */
export type Report = readonly (readonly [name: string, value: string | bigint])[]

/** Ether, or test tokens, in whole units with decimals. */
export type Amount = { amount: string; token?: boolean }

/** @throws when nobody is called so. */
export function personOf(devnet: Devnet, name: string): Actor {
  const person = people.find((each) => each === name)
  if (!person) throw new Error(`Nobody is called ${name}: there are ${people.join(', ')}.`)
  return devnet.people[person satisfies Person]
}

export async function deposit(person: Actor, { amount, token = false }: Amount): Promise<Report> {
  const wei = parseEther(amount)
  const { utxoPos, receipt } = await (token ? person.depositToken(wei) : person.depositEther(wei))
  return [
    ['transaction', receipt.transactionHash],
    ['output', utxoPos],
  ]
}

/** Pays a coin, or a part of it, and waits for its block. */
export async function pay(
  devnet: Devnet,
  person: Actor,
  order: { coin: bigint; to: Actor; amount?: string },
): Promise<Report> {
  const coin = await devnet.coinAt(order.coin)
  const amount = order.amount === undefined ? coin.amount : parseEther(order.amount)
  const payment = await person.pay(coin, order.to, amount)
  await devnet.untilSubmitted(payment.blknum)
  return [
    ['child transaction', payment.txHash],
    ...payment.outputs.map((output) => ['output', `${output.utxoPos} of ${output.owner}`] as const),
  ]
}

/** Starts the standard exit of a coin, whether or not it may be exited. */
export async function exit(devnet: Devnet, person: Actor, utxoPos: bigint): Promise<Report> {
  const { exitId, receipt } = await person.startStandardExit(await devnet.coinAt(utxoPos))
  return [
    ['transaction', receipt.transactionHash],
    ['exit id', exitId],
  ]
}

/** What the exit game holds of a standard exit. */
export async function showExit({ client, contracts }: Devnet, exitId: bigint): Promise<Report> {
  const read = { address: contracts.exitGame, abi, functionName: 'standardExits', args: [[exitId]] } as const
  const [found] = await client.readContract(read)
  if (!found || found.amount === 0n) return [['state', 'unknown, or processed']]
  return [
    ['state', found.exitable ? 'open' : 'challenged'],
    ['output', found.utxoPos],
    ['amount', found.amount],
    ['bond', found.bondSize],
  ]
}

/** Pays out what has matured. */
export async function processExits(devnet: Devnet, person: Actor, currency: 'ether' | 'token'): Promise<Report> {
  const receipt = await person.processExits(currency === 'ether' ? ETH : devnet.token)
  return [['transaction', receipt.transactionHash]]
}

/** Lets chain time pass at once. */
export async function passTime(devnet: Devnet, seconds: bigint): Promise<Report> {
  await increaseTime(devnet.rootChain, seconds)
  const { timestamp } = await devnet.client.getBlock()
  return [['chain time', timestamp]]
}
