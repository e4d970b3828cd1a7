import { TOKEN_GRANT } from '../../deployment.ts'
import { whole } from '../amounts.ts'
import {
  inFlightBonds,
  inFlightExitState,
  standardExitBond,
  standardExitState,
  tokenBalance,
} from '../contract-state.ts'
import { expectEqual, type Scenario } from '../scenario.ts'
import type { World } from '../world.ts'
import { guardDeletes } from './closing.ts'
import { deposit } from './double-spend.ts'

export const bondsHome: Scenario<World> = {
  name: 'bonds_home',
  event: 'exit_processable',
  modes: ['embedded', 'remote'],
  story: "The guard's account leaves in every way there is: the guard fetches what it is owed, and every bond.",
  async play(world) {
    const { alice, bob, owner, guard, time, tell } = world
    const ofEther = await owner.startStandardExit(await owner.depositEther(whole(1)))
    const ofTokens = await owner.startStandardExit(await owner.depositToken(whole(2)))
    const toOwner = alice.sign([await deposit(alice, 'ether')], [{ to: owner.address, amount: whole(5) }])
    const toBob = alice.sign([await deposit(alice, 'ether')], [{ to: bob.address, amount: whole(5) }])
    const joined = await owner.startInFlightExit(toOwner)
    const alone = await owner.startInFlightExit(toBob)
    await world.startGuard()
    await guard.untilEvent('piggyback_available', joined, await time.height())
    await guard.untilAnswered('piggybackInFlightExitOnOutput')

    await guardDeletes(world, alone)
    tell('the exit that nobody joined is deleted')
    expectEqual('the exit that nobody joined', await inFlightExitState(world, toBob), 'none')

    await time.pass(world.minExitPeriod / 2n)
    const matured = await time.height()
    for (const { receipt } of [ofEther, ofTokens]) await guard.untilEvent('exit_processable', receipt, matured)
    for (const _ of [ofEther, ofTokens]) await guard.untilAnswered('processExits')
    tell('the standard exits are paid')
    for (const { exitId } of [ofEther, ofTokens]) {
      expectEqual('the standard exit', await standardExitState(world, exitId), 'none')
    }
    expectEqual('tokens of the owner', await tokenBalance(world, owner.address), TOKEN_GRANT)

    await time.pass(world.minExitPeriod)
    await guard.untilEvent('exit_processable', joined, await time.height())
    await guard.untilAnswered('processExits')
    tell('the in-flight exit is paid')
    expectEqual('the exit that was joined', await inFlightExitState(world, toOwner), 'none')
    const bonds = 2n * (await standardExitBond(world)) + 2n * (await inFlightBonds(world)).exit
    await guard.hasEarned(whole(1) + whole(5) + bonds)
    guard.hasEmittedOnly('piggyback_available', 'bond_recoverable', 'exit_processable')
    const payments = ['processExits', 'processExits', 'processExits']
    await guard.hasSentOnly('piggybackInFlightExitOnOutput', 'deleteNonPiggybackedInFlightExit', ...payments)
  },
}
