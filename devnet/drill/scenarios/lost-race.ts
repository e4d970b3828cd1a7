import { exitStarted } from '../../actor-standard-exit.ts'
import { standardExitState } from '../contract-state.ts'
import type { RpcCall } from '../gate.ts'
import { expectEqual, type Scenario } from '../scenario.ts'
import type { World } from '../world.ts'
import { mallorySpends } from './spent-coin.ts'

export const lostRaceBefore: Scenario<World> = {
  name: 'lost_race_before',
  event: 'invalid_exit',
  modes: ['embedded', 'remote'],
  story: "Carol's challenge is mined before the guard simulates its own: the guard sends nothing.",
  async play(world) {
    const { mallory, carol, guard, gate, tell } = world
    await world.startGuard()
    const { coin, payment } = await mallorySpends(world)

    const simulation = gate.hold(isChallenge)
    const exit = await mallory.startStandardExit(coin)
    await guard.untilEvent('invalid_exit', exit.receipt)
    await simulation.arrived
    await carol.challengeStandardExit(exit, payment)
    tell('Carol was faster')
    simulation.release()

    await guard.untilOutcome('challengeStandardExit', 'done_by_other')
    expectEqual('the exit', await standardExitState(world, exit.exitId), 'challenged')
    await guard.hasSentOnly()
    await guard.hasEarned(0n)
  },
}

export const lostRaceSameBlock: Scenario<World> = {
  name: 'lost_race_same_block',
  event: 'invalid_exit',
  modes: ['embedded', 'remote'],
  story: "Carol's challenge comes before the guard's in one block: the guard reads from the contract that it is done.",
  async play(world) {
    const { mallory, carol, guard, time, tell } = world
    await world.startGuard()
    const { coin, payment } = await mallorySpends(world)

    await time.stand()
    const exiting = await mallory.wallet.send(await mallory.startStandardExitCall(coin))
    await time.mine()
    const exit = exitStarted(coin, await mallory.wallet.mined(exiting))
    await guard.untilEvent('invalid_exit', exit.receipt)
    const lost = await guard.untilSent('challengeStandardExit')
    const challenge = carol.challengeStandardExitCall(exit, payment)
    const won = await carol.wallet.send({ ...challenge, gas: 1_000_000n, priorityFee: 10n ** 12n })
    await time.mine()
    await time.go()
    tell('both challenges are in one block, that of Carol first')

    const { blockNumber } = await carol.wallet.mined(won)
    const receipt = await world.client.getTransactionReceipt({ hash: lost })
    expectEqual('block of the guard', receipt.blockNumber, blockNumber)
    expectEqual("the guard's challenge", receipt.status, 'reverted')
    await guard.untilOutcome('challengeStandardExit', 'done_by_other')
    expectEqual('the exit', await standardExitState(world, exit.exitId), 'challenged')
    await guard.hasSentOnly('challengeStandardExit')
    await guard.hasEarned(0n)
  },
}

/** Selector of `challengeStandardExit`, in a call, an estimate or a raw transaction. */
function isChallenge({ params }: RpcCall): boolean {
  return JSON.stringify(params).includes('df2933e2')
}
