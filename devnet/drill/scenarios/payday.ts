import { ETH } from '../../../src/plasma/units.ts'
import { type ProcessedExit, processedExits, vaultBalance } from '../contract-state.ts'
import { expectEqual } from '../scenario.ts'
import type { World } from '../world.ts'

/** What is to come of the exits. */
type Expectation = {
  /** Ids of the owner's exits. */
  own: readonly bigint[]
  /** Ids of the exits that come before them, and after them. */
  before?: readonly bigint[]
  after?: readonly bigint[]
  /** Which of them all the contract passes over. */
  omitted?: readonly bigint[]
  /** What the owner has from it all since the guard was started, gas aside. */
  earned: bigint
  /** Ether that nobody has taken out. */
  left: bigint
}

/** Lets all exits mature; Mallory, who is in a hurry, has them processed, and the guard does so as well. */
export async function payday(world: World, expected: Expectation): Promise<void> {
  const { own, before = [], after = [], omitted = [], earned, left } = expected
  const { mallory, guard, time, minExitPeriod, tell } = world
  await time.pass(2n * minExitPeriod + 1n)
  await mallory.processExits(ETH)
  tell('the exits are processed')
  const exits = await processedExits(world)
  const ids = exits.map(({ exitId }) => exitId)
  expectEqual('exits processed first', sorted(ids.slice(0, before.length)), sorted(before))
  expectEqual('exits processed then', sorted(ids.slice(before.length, before.length + own.length)), sorted(own))
  expectEqual('exits processed last', sorted(ids.slice(before.length + own.length)), sorted(after))
  expectEqual('exits passed over', sorted(passedOver(exits)), sorted(omitted))
  expectEqual('ether in the vault', await vaultBalance(world, 'ether'), left)
  // Whatever the guard has sent to be paid is mined by then.
  await time.blocks(2)
  await guard.hasEarned(earned)
}

function passedOver(exits: readonly ProcessedExit[]): readonly bigint[] {
  return exits.filter(({ isPaid }) => !isPaid).map(({ exitId }) => exitId)
}

function sorted(ids: readonly bigint[]): readonly bigint[] {
  return ids.toSorted((one, other) => Number(one > other) - Number(one < other))
}
