import { standardExitId } from '../../../src/exit-game/exit-id.ts'
import type { Wei } from '../../../src/plasma/units.ts'
import type { Coin } from '../../actor-coin.ts'
import { whole } from '../amounts.ts'
import { standardExitState } from '../contract-state.ts'
import type { GuardSettings } from '../programs.ts'
import { expectEqual } from '../scenario.ts'
import type { World } from '../world.ts'

/** For how many root chain blocks something invalid may stand: far less than a phase 1, of one block a second. */
export const MARGIN = 20

/** A guard that may leave, and that need not wait for long until it has a reason. */
export const LEAVING: GuardSettings = {
  mode: 'defend-and-exit',
  watcherTrusted: true,
  childChain: { withholdingSeconds: 3, slaMarginBlocks: MARGIN },
}

/** What the guard's owner has in valid blocks, and what of all the ether in the vault is somebody else's. */
export type Savings = {
  /** Outputs of one transaction in the first block. */
  coins: readonly Coin[]
  deposit: Coin
  /** Alice's deposit. */
  hers: Coin
}

const DEPOSIT = whole(3)
const HERS = whole(5)

/** Before the guard starts: its owner saves money on the child chain, in coins of these amounts and in a deposit. */
export async function saveUp(
  { owner, alice, operator, tell }: Pick<World, 'owner' | 'alice' | 'operator' | 'tell'>,
  ...amounts: readonly bigint[]
): Promise<Savings> {
  const [all, hers] = await Promise.all([owner.depositEther(sum(amounts)), alice.depositEther(HERS)])
  const payees = amounts.map((amount) => ({ to: owner.address, amount: amount as Wei }))
  const { outputs } = await owner.submit(owner.sign([all], payees))
  const [deposit] = await Promise.all([owner.depositEther(DEPOSIT), operator.formBlock()])
  tell('the owner of the guard has savings')
  return { coins: outputs, deposit, hers }
}

/** Waits until the guard has started the standard exits of these, and checks the contract's word for it. */
export async function untilExiting(world: World, coins: readonly Coin[]): Promise<void> {
  for (const started of coins.keys()) {
    await world.guard.untilAnswered('startStandardExit')
    world.tell(`${started + 1} of ${coins.length} standard exits are started`)
  }
  for (const coin of coins) {
    expectEqual(`the exit of ${coin.utxoPos}`, await standardExitState(world, exitOf(coin)), 'open')
  }
}

/** The id of a coin's standard exit. */
export function exitOf({ creator, utxoPos }: Coin): bigint {
  return standardExitId(creator, utxoPos)
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n)
}
