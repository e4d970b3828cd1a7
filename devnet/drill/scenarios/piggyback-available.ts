import { whole } from '../amounts.ts'
import { inFlightBonds, inFlightExitState, placeOf, vaultBalance, withdrawn } from '../contract-state.ts'
import { expectEqual, type Scenario } from '../scenario.ts'
import type { World } from '../world.ts'
import { guardIsPaid } from './closing.ts'
import { deposit } from './double-spend.ts'
import { mallorySpends } from './spent-coin.ts'

export const piggybackAvailableOutput: Scenario<World> = {
  name: 'piggyback_available_output',
  event: 'piggyback_available',
  modes: ['embedded', 'remote'],
  story: "A payment to the guard's account is in flight: the guard piggybacks its output, and is paid.",
  async play(world) {
    const { alice, owner, guard, tell } = world
    await world.startGuard()
    const coin = await deposit(alice, 'ether')
    const payees = [
      { to: owner.address, amount: whole(3) },
      { to: alice.address, amount: whole(2) },
    ]
    const payment = alice.sign([coin], payees)

    const started = await alice.startInFlightExit(payment)
    tell('Alice has started the exit of what she owes the guard')
    await guard.untilEvent('piggyback_available', started)
    await guard.untilAnswered('piggybackInFlightExitOnOutput')
    expectEqual('the exit', await inFlightExitState(world, payment), {
      ...{ canonical: true, bondOwner: alice.address, piggybacked: ['output 0'], oldestCompetitor: 0n },
    })

    const receipt = await guardIsPaid(world, started)
    expectEqual('pieces paid', withdrawn(receipt), ['output 0'])
    expectEqual('ether in the vault', await vaultBalance(world, 'ether'), whole(2))
    await guard.hasEarned(whole(3))
    guard.hasEmittedOnly('piggyback_available', 'exit_processable')
    await guard.hasSentOnly('piggybackInFlightExitOnOutput', 'processExits')
  },
}

export const piggybackAvailableInput: Scenario<World> = {
  name: 'piggyback_available_input',
  event: 'piggyback_available',
  modes: ['embedded', 'remote'],
  story: "An exit of the guard's and of Mallory's coin is not canonical, by her fault: the guard gets its input back.",
  async play(world) {
    const { mallory, alice, carol, owner, guard, tell } = world
    await world.startGuard()
    const [own] = (await alice.pay(await deposit(alice, 'ether'), owner)).outputs
    if (!own) throw new Error('The payment has an output.')
    const { coin, payment } = await mallorySpends(world)
    const joint = owner.sign([coin, own], [{ to: carol.address, amount: whole(10) }], [mallory])

    const started = await carol.startInFlightExit(joint)
    tell('Carol has started the exit of what Mallory and the guard have signed')
    await guard.untilEvent('noncanonical_ife', started)
    await guard.untilEvent('piggyback_available', started)
    await guard.untilAnswered('challengeInFlightExitNotCanonical')
    await guard.untilAnswered('piggybackInFlightExitOnInput')
    expectEqual('the exit', await inFlightExitState(world, joint), {
      ...{ canonical: false, bondOwner: owner.address },
      ...{ piggybacked: ['input 1'], oldestCompetitor: placeOf(payment) },
    })

    const receipt = await guardIsPaid(world, started)
    expectEqual('pieces paid', withdrawn(receipt), ['input 1'])
    expectEqual('ether in the vault', await vaultBalance(world, 'ether'), whole(5))
    await guard.hasEarned(own.amount + (await inFlightBonds(world)).exit)
    guard.hasEmittedOnly('noncanonical_ife', 'piggyback_available', 'exit_processable')
    const answers = ['challengeInFlightExitNotCanonical', 'piggybackInFlightExitOnInput']
    await guard.hasSentOnly(...answers, 'processExits')
  },
}
