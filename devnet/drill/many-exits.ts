import { setAutomine } from '../chain-control.ts'
import type { Deployment } from '../deployment.ts'
import type { Actor } from '../actor.ts'
import { type Deposited, depositEtherCall } from '../actor-deposit.ts'
import type { Included } from '../actor-payment.ts'
import { exitStarted, type StartedExit } from '../actor-standard-exit.ts'
import type { Operator } from '../operator/operator.ts'
import type { Hex } from '../../src/lib/bytes.ts'
import type { Wei } from '../../src/plasma/units.ts'
import type { RootChainClient } from '../wallet.ts'
import { standardExitState } from './contract-state.ts'
import type { Time } from './time.ts'

/** Where somebody cheats in bulk. */
type Place = {
  chain: { url: string }
  deployment: Deployment
  mallory: Actor
  bob: Actor
  operator: Operator
  client: RootChainClient
  time: Time
}

/** A coin that Mallory has paid to Bob. */
export type SpentCoin = { coin: Deposited; payment: Included }

const AMOUNT = (10n ** 16n) as Wei
/** More than any start of an exit takes; set, so that the node is not asked. */
const GAS = 450_000n

/** The framework numbers no more deposits between two child blocks. */
const MOST_DEPOSITS = 999

/** Mallory deposits many coins and pays all of them to Bob. Leaves the root chain with a block a second. */
export async function spendMany(place: Place, count: number): Promise<SpentCoin[]> {
  await setAutomine(place.chain.url, true)
  const spent: SpentCoin[] = []
  while (spent.length < count)
    spent.push(...(await spendInOneBlock(place, Math.min(count - spent.length, MOST_DEPOSITS))))
  await place.time.go()
  return spent
}

async function spendInOneBlock({ mallory, bob, operator }: Place, count: number): Promise<SpentCoin[]> {
  const sent = []
  for (let at = 0; at < count; at++) {
    const { call, deposited } = depositEtherCall(mallory.wallet, AMOUNT)
    sent.push({ deposited, hash: await mallory.wallet.send({ ...call, gas: GAS }) })
  }
  const coins = []
  for (const { deposited, hash } of sent) coins.push(deposited(await mallory.wallet.mined(hash)))
  const paid = []
  for (const coin of coins) paid.push({ coin, payment: await mallory.pay(coin, bob) })
  await operator.formBlock()
  return paid
}

export type ManyExits = {
  exits: readonly StartedExit[]
  /** Wall clock, in ms, when the first and the last of their blocks was there. */
  firstAt: number
  lastAt: number
}

/** Mallory exits what she has spent, in that many blocks. `stay`: no block comes after the last one by itself. */
export async function exitMany(
  { mallory, time }: Place,
  spent: readonly SpentCoin[],
  { blocks, stay = false }: { blocks: number; stay?: boolean },
): Promise<ManyExits> {
  await time.stand()
  const sent: { coin: Deposited; hash: Hex }[] = []
  const minedAt: number[] = []
  const perBlock = Math.ceil(spent.length / blocks)
  const calls = await Promise.all(
    spent.map(async ({ coin }) => ({ coin, call: await mallory.startStandardExitCall(coin) })),
  )
  for (let from = 0; from < calls.length; from += perBlock) {
    for (const { coin, call } of calls.slice(from, from + perBlock))
      sent.push({ coin, hash: await mallory.wallet.send({ ...call, gas: GAS }) })
    await time.mine()
    minedAt.push(performance.now())
  }
  if (!stay) await time.go()
  const exits = []
  for (const { coin, hash } of sent) exits.push(exitStarted(coin, await mallory.wallet.mined(hash)))
  const found = new Set(exits.map(({ receipt }) => receipt.blockNumber)).size
  if (found !== blocks) throw new Error(`The exits were started in ${found} blocks.`)
  return { exits, firstAt: Math.min(...minedAt), lastAt: Math.max(...minedAt) }
}

/** How many of these exits nobody has challenged. */
export async function unchallenged({ client, deployment }: Place, exits: readonly StartedExit[]): Promise<number> {
  const chain = { client, contracts: deployment }
  const states = await Promise.all(exits.map(({ exitId }) => standardExitState(chain, exitId)))
  return states.filter((state) => state !== 'challenged').length
}
