import type { Included, Payment } from '../../actor-payment.ts'
import { whole } from '../amounts.ts'
import { inFlightBonds, inFlightExitState, placeOf, vaultBalance, withdrawn } from '../contract-state.ts'
import { expectEqual, type Scenario } from '../scenario.ts'
import type { World } from '../world.ts'
import { guardIsPaid, othersArePaid } from './closing.ts'
import { type Currency, deposit } from './double-spend.ts'
import { mallorySpends } from './spent-coin.ts'

export const invalidPiggybackInput: Scenario<World> = {
  name: 'invalid_piggyback_input',
  event: 'invalid_piggyback',
  modes: ['embedded', 'remote'],
  story: 'Mallory piggybacks ether that she has spent elsewhere; Alice gets hers out of the same exit.',
  play: (world) => onInput(world, 'ether'),
}

export const invalidPiggybackInputErc20: Scenario<World> = {
  name: 'invalid_piggyback_input_erc20',
  event: 'invalid_piggyback',
  modes: ['embedded', 'remote'],
  story: 'Mallory piggybacks tokens that she has spent elsewhere; Alice gets hers out of the same exit.',
  play: (world) => onInput(world, 'token'),
}

export const invalidPiggybackOutput: Scenario<World> = {
  name: 'invalid_piggyback_output',
  event: 'invalid_piggyback',
  modes: ['embedded', 'remote'],
  story: 'Mallory piggybacks change that she has spent since; Alice gets her output of the same exit.',
  async play(world) {
    const { mallory, alice, guard, tell } = world
    await world.startGuard()
    const payment = await mallorySpendsChange(world)
    const inVault = await vaultBalance(world, 'ether')

    await mallory.startInFlightExit(payment)
    await alice.piggybackOnOutput(payment, 1)
    const piggybacked = await mallory.piggybackOnOutput(payment, 0)
    tell('Mallory piggybacks what she has spent')
    await guard.untilEvent('invalid_piggyback', piggybacked)
    await guard.untilAnswered('challengeInFlightExitOutputSpent')
    expectEqual('the exit', await inFlightExitState(world, payment), {
      ...{ canonical: true, bondOwner: mallory.address, piggybacked: ['output 1'], oldestCompetitor: 0n },
    })
    const { piggyback } = await inFlightBonds(world)
    await guard.hasEarned(piggyback)

    const receipt = await othersArePaid(world, 'ether')
    expectEqual('pieces paid', withdrawn(receipt), ['output 1'])
    expectEqual('ether in the vault', await vaultBalance(world, 'ether'), inVault - whole(3))
    await guard.hasEarned(piggyback)
    guard.hasEmittedOnly('invalid_piggyback')
    await guard.hasSentOnly('challengeInFlightExitOutputSpent')
  },
}

export const repeatedPiggyback: Scenario<World> = {
  name: 'repeated_piggyback',
  event: 'invalid_piggyback',
  modes: ['embedded', 'remote'],
  story: 'Mallory piggybacks spent change again after the guard has challenged it: it is challenged again.',
  async play(world) {
    const { mallory, guard, time, tell } = world
    await world.startGuard()
    const payment = await mallorySpendsChange(world)
    // An exit of an input that is old enough gets another place in the queue each second, which the contract asks for.
    await time.pass(world.minExitPeriod + 1n)
    const inVault = await vaultBalance(world, 'ether')

    await mallory.startInFlightExit(payment)
    for (const time of ['once', 'twice']) {
      const piggybacked = await mallory.piggybackOnOutput(payment, 0)
      tell(`Mallory has piggybacked ${time}`)
      await guard.untilEvent('invalid_piggyback', piggybacked)
      await guard.untilAnswered('challengeInFlightExitOutputSpent')
      expectEqual('pieces piggybacked', await piggybackedIn(world, payment), [])
    }
    await guard.hasEarned(2n * (await inFlightBonds(world)).piggyback)

    const receipt = await othersArePaid(world, 'ether')
    expectEqual('pieces paid', withdrawn(receipt), [])
    expectEqual('ether in the vault', await vaultBalance(world, 'ether'), inVault)
    guard.hasEmittedOnly('invalid_piggyback')
    await guard.hasSentOnly('challengeInFlightExitOutputSpent', 'challengeInFlightExitOutputSpent')
  },
}

/** What spends the input of Mallory makes the exit non-canonical as well: both are answered. */
async function onInput(world: World, currency: Currency): Promise<void> {
  const { mallory, alice, bob, owner, guard, tell } = world
  await world.startGuard()
  const honest = await deposit(alice, currency)
  const { coin, payment } = await mallorySpends(world, currency)
  const inVault = await vaultBalance(world, currency)
  const joint = alice.sign([coin, honest], [{ to: bob.address, amount: whole(10) }], [mallory])

  const started = await mallory.startInFlightExit(joint)
  await alice.piggybackOnInput(joint, 1)
  const piggybacked = await mallory.piggybackOnInput(joint, 0)
  tell('Mallory piggybacks what she has spent')
  await guard.untilEvent('noncanonical_ife', started)
  await guard.untilEvent('invalid_piggyback', piggybacked)
  await guard.untilAnswered('challengeInFlightExitNotCanonical')
  await guard.untilAnswered('challengeInFlightExitInputSpent')
  expectEqual('the exit', await inFlightExitState(world, joint), {
    ...{ canonical: false, bondOwner: owner.address },
    ...{ piggybacked: ['input 1'], oldestCompetitor: placeOf(payment) },
  })

  const receipt = await guardIsPaid(world, started)
  expectEqual('pieces paid', withdrawn(receipt), ['input 1'])
  expectEqual('what the vault holds', await vaultBalance(world, currency), inVault - honest.amount)
  const bonds = await inFlightBonds(world)
  await guard.hasEarned(bonds.exit + bonds.piggyback)
  guard.hasEmittedOnly('noncanonical_ife', 'invalid_piggyback', 'exit_processable')
  const challenges = ['challengeInFlightExitNotCanonical', 'challengeInFlightExitInputSpent']
  await guard.hasSentOnly(...challenges, 'processExits')
}

/** Mallory pays 3 of 5 ether to Alice, and the change to Bob in a later block. */
async function mallorySpendsChange({ mallory, alice, bob, operator }: World): Promise<Included> {
  const coin = await deposit(mallory, 'ether')
  const payees = [
    { to: mallory.address, amount: whole(2) },
    { to: alice.address, amount: whole(3) },
  ]
  const payment = await mallory.submit(mallory.sign([coin], payees))
  await operator.formBlock()
  const [change] = payment.outputs
  if (!change) throw new Error('The payment has an output for its change.')
  await mallory.pay(change, bob)
  await operator.formBlock()
  return payment
}

async function piggybackedIn(world: World, payment: Payment): Promise<readonly string[] | undefined> {
  const exit = await inFlightExitState(world, payment)
  return exit === 'none' ? undefined : exit.piggybacked
}
