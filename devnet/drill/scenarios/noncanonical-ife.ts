import type { Payment } from '../../actor-payment.ts'
import { inFlightBonds, inFlightExitState, NO_BLOCK, placeOf, vaultBalance, withdrawn } from '../contract-state.ts'
import { expectEqual, type Scenario } from '../scenario.ts'
import type { World } from '../world.ts'
import { guardDeletes, guardIsPaid } from './closing.ts'
import { type Currency, deposit, mallorySpendsTwice, signedToHerself } from './double-spend.ts'

const both = { event: 'noncanonical_ife', modes: ['embedded', 'remote'] } as const

export const noncanonicalIfeIncluded: Scenario<World> = {
  ...both,
  name: 'noncanonical_ife_included',
  story: 'Mallory takes ether out of flight that she has paid to Bob in a block; the guard shows the block.',
  play: (world) => included(world, 'ether'),
}

export const noncanonicalIfeIncludedErc20: Scenario<World> = {
  ...both,
  name: 'noncanonical_ife_included_erc20',
  story: 'Mallory takes tokens out of flight that she has paid to Bob in a block; the guard shows the block.',
  play: (world) => included(world, 'token'),
}

export const noncanonicalIfeInflight: Scenario<World> = {
  ...both,
  name: 'noncanonical_ife_inflight',
  story: 'Two payments of one coin of Mallory are in flight and in no block; the guard shows each against the other.',
  play: (world) => inflight(world, 'ether'),
}

export const noncanonicalIfeInflightErc20: Scenario<World> = {
  ...both,
  name: 'noncanonical_ife_inflight_erc20',
  story: 'Two payments of tokens of Mallory are in flight and in no block; the guard shows each against the other.',
  play: (world) => inflight(world, 'token'),
}

export const noncanonicalIfeOlder: Scenario<World> = {
  ...both,
  name: 'noncanonical_ife_older',
  story: 'Carol has shown a competitor that no block held; when a block holds it, the guard shows that.',
  play: (world) => older(world, 'ether'),
}

export const noncanonicalIfeOlderErc20: Scenario<World> = {
  ...both,
  name: 'noncanonical_ife_older_erc20',
  story: 'Carol has shown a competitor of tokens that no block held; when a block holds it, the guard shows that.',
  play: (world) => older(world, 'token'),
}

async function included(world: World, currency: Currency): Promise<void> {
  const { mallory, guard, tell } = world
  await world.startGuard()
  const { payment, rival } = await mallorySpendsTwice(world, currency)
  const inVault = await vaultBalance(world, currency)

  const started = await mallory.startInFlightExit(rival)
  await mallory.piggybackOnOutput(rival, 0)
  tell('Mallory takes out of flight what she has paid')
  await guard.untilEvent('noncanonical_ife', started)
  await guard.untilAnswered('challengeInFlightExitNotCanonical')
  await expectChallenged(world, rival, placeOf(payment))

  const receipt = await guardIsPaid(world, started)
  expectEqual('pieces paid', withdrawn(receipt), [])
  expectEqual('the exit', await inFlightExitState(world, rival), 'none')
  expectEqual('what the vault holds', await vaultBalance(world, currency), inVault)
  await guard.hasEarned((await inFlightBonds(world)).exit)
  guard.hasEmittedOnly('noncanonical_ife', 'exit_processable')
  await guard.hasSentOnly('challengeInFlightExitNotCanonical', 'processExits')
}

async function inflight(world: World, currency: Currency): Promise<void> {
  const { mallory, alice, bob, guard, tell } = world
  await world.startGuard()
  const coin = await deposit(mallory, currency)
  const toBob = mallory.sign([coin], [{ to: bob.address, amount: coin.amount }])
  const toAlice = mallory.sign([coin], [{ to: alice.address, amount: coin.amount }])

  const first = await bob.startInFlightExit(toBob)
  await bob.piggybackOnOutput(toBob, 0)
  const second = await alice.startInFlightExit(toAlice)
  tell('Bob and Alice want the same coin of Mallory')
  await guard.untilEvent('noncanonical_ife', first)
  await guard.untilEvent('noncanonical_ife', second)
  await guard.untilAnswered('challengeInFlightExitNotCanonical')
  await guard.untilAnswered('challengeInFlightExitNotCanonical')
  await expectChallenged(world, toBob, NO_BLOCK)
  await expectChallenged(world, toAlice, NO_BLOCK)

  await guardDeletes(world, second)
  const receipt = await guardIsPaid(world, first)
  expectEqual('pieces paid', withdrawn(receipt), [])
  for (const payment of [toBob, toAlice]) expectEqual('the exit', await inFlightExitState(world, payment), 'none')
  expectEqual('what the vault holds', await vaultBalance(world, currency), coin.amount)
  await guard.hasEarned(2n * (await inFlightBonds(world)).exit)
  guard.hasEmittedOnly('noncanonical_ife', 'bond_recoverable', 'exit_processable')
  const challenges = ['challengeInFlightExitNotCanonical', 'challengeInFlightExitNotCanonical']
  await guard.hasSentOnly(...challenges, 'deleteNonPiggybackedInFlightExit', 'processExits')
}

async function older(world: World, currency: Currency): Promise<void> {
  const { mallory, bob, carol, operator, guard, time, tell } = world
  await world.startGuard()
  const coin = await deposit(mallory, currency)
  const promised = mallory.sign([coin], [{ to: bob.address, amount: coin.amount }])
  const payment = await mallory.submit(promised)
  const rival = signedToHerself(world, coin)

  const started = await mallory.startInFlightExit(rival)
  await mallory.piggybackOnOutput(rival, 0)
  await carol.challengeNotCanonical(rival, promised)
  expectEqual('oldest competitor', await oldestCompetitor(world, rival), NO_BLOCK)
  tell('Carol has shown what Mallory promised to Bob')
  await time.blocks(3)
  guard.hasEmittedOnly()

  await operator.formBlock()
  tell('now a block holds it')
  await guard.untilEvent('noncanonical_ife', started, await time.height())
  await guard.untilAnswered('challengeInFlightExitNotCanonical')
  await expectChallenged(world, rival, placeOf(payment))

  const receipt = await guardIsPaid(world, started)
  expectEqual('pieces paid', withdrawn(receipt), [])
  expectEqual('what the vault holds', await vaultBalance(world, currency), coin.amount)
  await guard.hasEarned((await inFlightBonds(world)).exit)
  guard.hasEmittedOnly('noncanonical_ife', 'exit_processable')
  await guard.hasSentOnly('challengeInFlightExitNotCanonical', 'processExits')
}

async function oldestCompetitor(world: World, payment: Payment): Promise<bigint | undefined> {
  const exit = await inFlightExitState(world, payment)
  return exit === 'none' ? undefined : exit.oldestCompetitor
}

/** The guard, as whoever has shown the oldest competitor so far, owns the bond. */
async function expectChallenged(world: World, payment: Payment, oldest: bigint): Promise<void> {
  const exit = await inFlightExitState(world, payment)
  if (exit === 'none') throw new Error('There is no such in-flight exit.')
  const { canonical, bondOwner, oldestCompetitor } = exit
  const expected = { canonical: false, bondOwner: world.owner.address, oldestCompetitor: oldest }
  expectEqual('the exit', { canonical, bondOwner, oldestCompetitor }, expected)
}
