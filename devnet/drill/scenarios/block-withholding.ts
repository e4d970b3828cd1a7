import { ETH, type Wei } from '../../../src/plasma/units.ts'
import { mintFromNothing } from '../../operator/cheats.ts'
import { whole } from '../amounts.ts'
import { inFlightExitState } from '../contract-state.ts'
import { expectEqual, type Scenario } from '../scenario.ts'
import type { World } from '../world.ts'
import { badBlock, carryOff, hasLeft, IN_VAULT, onlyEvents, SAVED } from './bad-block.ts'
import { payday } from './payday.ts'

/** What the owner has paid on in the withheld block: no exit brings it home. Only an own verification tells it apart. */
const PAID_ON = { embedded: whole(2), remote: 0n } as const

export const blockWithholding: Scenario<World> = {
  name: 'block_withholding',
  event: 'block_withholding',
  modes: ['embedded', 'remote'],
  story:
    'The operator hides a block in which it makes money: own money leaves, but for what spends an output of that block.',
  async play(world) {
    const { mallory, guard, mode } = world
    const paidOn = PAID_ON[mode]
    const loot = { to: mallory.address, currency: ETH, amount: IN_VAULT as Wei }
    const bad = await badBlock(world, () => ({ also: mintFromNothing(loot), serving: 'withheld', paidOn }))
    const { block, belongings } = bad
    const { old, deposit, swallowed, published, chained } = belongings
    const stolen = await carryOff(world, bad.loot)
    const own = await hasLeft(world, {
      ...{ event: 'block_withholding', block, coins: [old, deposit] },
      inFlight: [
        { payment: swallowed, pieces: ['input 0', 'output 1'] },
        { payment: published, pieces: ['input 0', 'output 1'] },
      ],
    })
    if (chained) {
      await guard.untilWarned(chained.txHash)
      expectEqual('the exit of the second of two payments', await inFlightExitState(world, chained), 'none')
    }
    await payday(world, { own, after: stolen, earned: SAVED - paidOn, left: IN_VAULT - SAVED + paidOn })
    onlyEvents(world, 'block_withholding', 'piggyback_available', 'exit_processable')
  },
}
