import { whole } from '../amounts.ts'
import { inFlightBonds, inFlightExitState, placeOf, vaultBalance, withdrawn } from '../contract-state.ts'
import { expectEqual, type Scenario } from '../scenario.ts'
import type { World } from '../world.ts'
import { guardIsPaid } from './closing.ts'
import { deposit, mallorySpendsTwice, signedToHerself } from './double-spend.ts'

export const invalidIfeChallengePhase1: Scenario<World> = {
  name: 'invalid_ife_challenge_phase_1',
  event: 'invalid_ife_challenge',
  modes: ['embedded', 'remote'],
  story: 'Mallory shows a competitor of what a block holds, to get her input back; the guard answers both.',
  async play(world) {
    const { mallory, bob, owner, guard, tell } = world
    await world.startGuard()
    const { payment, rival } = await mallorySpendsTwice(world, 'ether')
    const started = await bob.startInFlightExit(payment)
    await bob.piggybackOnOutput(payment, 0)
    const piggybacked = await mallory.piggybackOnInput(payment, 0)
    const challenged = await mallory.challengeNotCanonical(payment, rival)
    tell('Mallory has challenged a payment that a block holds')

    await guard.untilEvent('invalid_ife_challenge', challenged)
    await guard.untilEvent('invalid_piggyback', piggybacked, challenged.blockNumber)
    await guard.untilAnswered('respondToNonCanonicalChallenge')
    await guard.untilAnswered('challengeInFlightExitInputSpent')
    expectEqual('the exit', await inFlightExitState(world, payment), {
      ...{ canonical: true, bondOwner: owner.address },
      ...{ piggybacked: ['output 0'], oldestCompetitor: placeOf(payment) },
    })

    const receipt = await guardIsPaid(world, started)
    expectEqual('pieces paid', withdrawn(receipt), ['output 0'])
    expectEqual('ether in the vault', await vaultBalance(world, 'ether'), 0n)
    const bonds = await inFlightBonds(world)
    await guard.hasEarned(bonds.exit + bonds.piggyback)
    guard.hasEmittedOnly('invalid_ife_challenge', 'invalid_piggyback', 'exit_processable')
    const answers = ['respondToNonCanonicalChallenge', 'challengeInFlightExitInputSpent']
    await guard.hasSentOnly(...answers, 'processExits')
  },
}

export const invalidIfeChallengePhase2: Scenario<World> = {
  name: 'invalid_ife_challenge_phase_2',
  event: 'invalid_ife_challenge',
  modes: ['embedded', 'remote'],
  story: 'A challenged payment comes into a block after phase 1; the guard still answers the challenge.',
  async play(world) {
    const { mallory, bob, owner, operator, guard, time, tell } = world
    await world.startGuard()
    const coin = await deposit(mallory, 'ether')
    const payment = await mallory.submit(mallory.sign([coin], [{ to: bob.address, amount: whole(5) }]))
    const started = await bob.startInFlightExit(payment)
    await bob.piggybackOnOutput(payment, 0)
    const challenged = await mallory.challengeNotCanonical(payment, signedToHerself(world, coin))
    await time.pass(world.minExitPeriod / 2n)
    await time.blocks(2)
    guard.hasEmittedOnly()
    tell('Mallory has challenged, phase 1 is over, and no block holds the payment')

    await operator.formBlock()
    await guard.untilEvent('invalid_ife_challenge', challenged, await time.height())
    await guard.untilAnswered('respondToNonCanonicalChallenge')
    expectEqual('the exit', await inFlightExitState(world, payment), {
      ...{ canonical: true, bondOwner: owner.address },
      ...{ piggybacked: ['output 0'], oldestCompetitor: placeOf(payment) },
    })

    const receipt = await guardIsPaid(world, started)
    expectEqual('pieces paid', withdrawn(receipt), ['output 0'])
    expectEqual('ether in the vault', await vaultBalance(world, 'ether'), 0n)
    await guard.hasEarned((await inFlightBonds(world)).exit)
    guard.hasEmittedOnly('invalid_ife_challenge', 'exit_processable')
    await guard.hasSentOnly('respondToNonCanonicalChallenge', 'processExits')
  },
}
