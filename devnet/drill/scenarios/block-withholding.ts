import { ETH, type Wei } from '../../../src/plasma/units.ts'
import { mintFromNothing } from '../../operator/cheats.ts'
import { whole } from '../amounts.ts'
import { inFlightExitState } from '../contract-state.ts'
import { expectEqual, type Scenario } from '../scenario.ts'
import type { World } from '../world.ts'
import { badBlock, carryOff, hasLeft, IN_VAULT, onlyEvents, SAVED } from './bad-block.ts'
import { payday } from './payday.ts'

/** What the owner has paid on in the withheld block: no exit brings it home. */
const PAID_ON = whole(2)

export const blockWithholding: Scenario<World> = {
  name: 'block_withholding',
  event: 'block_withholding',
  modes: ['embedded', 'remote'],
  story:
    'The operator shows nobody a block in which it makes money: own money leaves, but for a payment that spends another.',
  async play(world) {
    const { mallory, guard } = world
    const loot = { to: mallory.address, currency: ETH, amount: IN_VAULT as Wei }
    const bad = await badBlock(world, () => ({ also: mintFromNothing(loot), serving: 'withheld', paidOn: PAID_ON }))
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
    if (!chained) throw new Error('The owner has paid on.')
    await guard.untilWarned(chained.txHash.slice(2), chained.txHash)
    expectEqual('the exit of the second of two payments', await inFlightExitState(world, chained), 'none')
    await payday(world, { own, after: stolen, earned: SAVED - PAID_ON, left: IN_VAULT - SAVED + PAID_ON })
    onlyEvents(world, 'block_withholding', 'piggyback_available', 'exit_processable')
  },
}
