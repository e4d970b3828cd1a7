import { inFlightExitId } from '../../../src/exit-game/exit-id.ts'
import type { Wei } from '../../../src/plasma/units.ts'
import type { Actor } from '../../actor.ts'
import { coinsOf, type Coin } from '../../actor-coin.ts'
import type { Included, Payee, Payment } from '../../actor-payment.ts'
import type { FormedBlock, Serving } from '../../operator/archive.ts'
import { whole } from '../amounts.ts'
import { inFlightExitState, submissionOf } from '../contract-state.ts'
import { expectEqual } from '../scenario.ts'
import type { World } from '../world.ts'
import { exitOf, LEAVING, saveUp, type Savings, untilExiting } from './own-money.ts'

/** What the operator does to a block. */
export type Misdeed = {
  /** Signed transactions that go into the block unseen. */
  also: readonly Uint8Array[]
  serving?: Serving
  /** What of the published payment the owner pays on in the same block. */
  paidOn?: bigint
}

/** What the owner has when the block comes: in valid blocks, signed and in no valid block. */
export type Belongings = Savings & {
  old: Coin
  /** Signed by the owner; the operator never puts it into a block. */
  swallowed: Payment
  /** The owner's, in the bad block. */
  published: Included
  /** Alice's to the owner, in the bad block. */
  received: Included
  /** The owner's, spends an output of the published one in the bad block. */
  chained?: Included
}

/** Money that the owner has left when he has paid Bob 1 with each of two coins. */
const COINS = [whole(10), whole(4), whole(6)] as const
export const SAVED = COINS[0] + whole(3) + (COINS[1] - whole(1)) + (COINS[2] - whole(1))
export const RECEIVED = whole(2)
/** All that is in the vault, if nobody else deposits. */
export const IN_VAULT = COINS[0] + COINS[1] + COINS[2] + whole(3) + whole(5)

/** The owner saves, the guard starts, the operator publishes a bad block with honest payments in it. */
export async function badBlock(
  world: World,
  misdeed: (savings: Savings) => Promise<Misdeed> | Misdeed,
): Promise<{ block: FormedBlock; belongings: Belongings; loot: readonly Coin[] }> {
  const { operator, tell } = world
  const savings = await saveUp(world, ...COINS)
  const { also, serving = 'honest', paidOn = 0n } = await misdeed(savings)
  await world.startGuard(LEAVING)
  const belongings = await payAround(world, savings, paidOn)
  const { swallowed, published, chained } = belongings
  await world.remember(swallowed, published, ...(chained ? [chained] : []))
  const block = await operator.formBlock({ also, serving })
  tell(`block ${block.blknum} is bad`)
  const loot = block.transactions
    .slice(-also.length)
    .flatMap(({ transaction, blknum, txIndex }) => coinsOf(transaction.raw, { blknum, txIndex }))
  return { block, belongings, loot }
}

/** The owner pays with two coins, and is paid; the operator has seen all but the first payment. */
async function payAround(
  { owner, alice, bob }: Pick<World, 'owner' | 'alice' | 'bob'>,
  savings: Savings,
  paidOn: bigint,
): Promise<Belongings> {
  const [old, second, third] = savings.coins
  if (!old || !second || !third) throw new Error('The owner has three coins.')
  const pay = (coin: Coin, apart = 0n) => owner.sign([coin], payees(coin, { from: owner, to: bob, apart }))
  const swallowed = pay(second)
  const published = await owner.submit(pay(third, paidOn))
  const received = await alice.pay(savings.hers, owner, RECEIVED)
  const spent = paidOn === 0n ? undefined : published.outputs[2]
  const chained = spent && (await owner.pay(spent, bob, whole(1)))
  return { ...savings, old, swallowed, published, received, ...(chained && { chained }) }
}

/** One of them gets 1; the rest comes back, a part of it as an output of its own. */
function payees({ amount }: Coin, { from, to, apart }: { from: Actor; to: Actor; apart: bigint }): readonly Payee[] {
  const back = [amount - whole(1) - apart, apart].filter((part) => part > 0n)
  const first: Payee = { to: to.address, amount: whole(1) }
  return [first, ...back.map((part) => ({ to: from.address, amount: part as Wei }))]
}

/** Everybody who has got something out of the bad block exits it. */
export async function carryOff(world: World, loot: readonly Coin[]): Promise<readonly bigint[]> {
  const { mallory, carol, tell } = world
  const exits: bigint[] = []
  for (const coin of loot) {
    const thief = [mallory, carol].find(({ address }) => address === coin.owner)
    if (!thief) throw new Error(`Nobody knows who ${coin.owner} is.`)
    exits.push((await thief.startStandardExit(coin)).exitId)
  }
  tell('the operator exits its loot')
  return exits
}

/** An own transaction whose exit is started and joined with these own pieces. */
type Leaving = { payment: Payment; pieces: readonly string[] }

/** Why everything leaves, and what it is. */
type Departure = { event: string; block: FormedBlock; coins: readonly Coin[]; inFlight: readonly Leaving[] }

/** Waits until everything has left, and nothing else was sent. */
export async function hasLeft(world: World, { event, block, coins, inFlight }: Departure): Promise<readonly bigint[]> {
  const { guard, tell } = world
  await guard.untilEvent(event, await submissionOf(world, block.blknum))
  tell('the guard has noticed')
  const calls = inFlight.flatMap(({ pieces }) => ['startInFlightExit', ...pieces.map(callOf)])
  for (const call of calls) {
    await guard.untilAnswered(call)
    tell(`the guard has called ${call}`)
  }
  await untilExiting(world, coins)
  for (const { payment, pieces } of inFlight) {
    const state = await inFlightExitState(world, payment)
    expectEqual('pieces that have joined', state === 'none' ? [] : state.piggybacked, pieces)
  }
  await guard.hasSentOnly(...calls, ...coins.map(() => 'startStandardExit'))
  onlyEvents(world, event, 'piggyback_available')
  return [...inFlight.map(({ payment }) => inFlightExitId(payment.raw)), ...coins.map(exitOf)]
}

/** Checks that the guard has emitted no other events than these, if any. */
export function onlyEvents({ guard }: Pick<World, 'guard'>, ...expected: readonly string[]): void {
  const others = guard.events().filter((event) => !expected.includes(event))
  expectEqual('other events', others, [])
}

function callOf(piece: string): string {
  return piece.startsWith('input') ? 'piggybackInFlightExitOnInput' : 'piggybackInFlightExitOnOutput'
}
