import { inFlightExitId } from '../../../src/exit-game/exit-id.ts'
import type { Payment } from '../../actor-payment.ts'
import type { Receipt } from '../../wallet.ts'
import { whole } from '../amounts.ts'
import { inFlightBonds, inFlightExitState, vaultBalance } from '../contract-state.ts'
import { expectEqual, type Scenario } from '../scenario.ts'
import type { World } from '../world.ts'
import { onlyEvents } from './bad-block.ts'
import { exitOf, LEAVING, MARGIN, saveUp, untilExiting } from './own-money.ts'
import { payday } from './payday.ts'

const COIN = whole(10)
const STOLEN = whole(5)

export const unchallengedNoncanonicalIfePhase1: Scenario<World> = {
  name: 'unchallenged_noncanonical_ife_phase_1',
  event: 'unchallenged_noncanonical_ife',
  modes: ['embedded', 'remote'],
  story:
    'Nobody has shown the competitor of an in-flight exit when the guard comes, in phase 1: it does, and own money leaves.',
  async play(world) {
    const { guard, owner, time } = world
    const { coins, deposit } = await saveUp(world, COIN)
    const { started, payment } = await malloryExitsWhatSheHasPaid(world)
    await time.mine(MARGIN)
    await world.startGuard(LEAVING)

    await guard.untilEvent('unchallenged_noncanonical_ife', started)
    await guard.untilAnswered('challengeInFlightExitNotCanonical')
    const state = await inFlightExitState(world, payment)
    expectEqual('the exit is canonical', state !== 'none' && state.canonical, false)
    expectEqual('who gets its bond', state !== 'none' && state.bondOwner, owner.address)
    const own = [...coins, deposit]
    await untilExiting(world, own)
    await guard.hasSentOnly('challengeInFlightExitNotCanonical', ...own.map(() => 'startStandardExit'))
    const reasons = ['noncanonical_ife', 'unchallenged_noncanonical_ife']
    onlyEvents(world, ...reasons)

    const saved = COIN + deposit.amount
    const { exit: bond } = await inFlightBonds(world)
    const left = (await vaultBalance(world, 'ether')) - saved
    await payday(world, { own: own.map(exitOf), earned: saved + bond, left })
    onlyEvents(world, ...reasons, 'exit_processable')
  },
}

export const unchallengedNoncanonicalIfePhase2: Scenario<World> = {
  name: 'unchallenged_noncanonical_ife_phase_2',
  event: 'unchallenged_noncanonical_ife',
  modes: ['embedded', 'remote'],
  story: 'The guard comes when phase 1 is over: it sends no challenge, which would fail, and own money leaves.',
  async play(world) {
    const { guard, time, minExitPeriod } = world
    const { coins, deposit } = await saveUp(world, COIN)
    const { started, payment } = await malloryExitsWhatSheHasPaid(world)
    await time.pass(minExitPeriod / 2n)
    await time.mine(MARGIN)
    await world.startGuard(LEAVING)

    await guard.untilEvent('unchallenged_noncanonical_ife', started)
    const own = [...coins, deposit]
    await untilExiting(world, own)
    await guard.hasSentOnly(...own.map(() => 'startStandardExit'))
    onlyEvents(world, 'unchallenged_noncanonical_ife')

    const saved = COIN + deposit.amount
    const left = (await vaultBalance(world, 'ether')) - saved - STOLEN
    const after = [inFlightExitId(payment.raw)]
    await payday(world, { own: own.map(exitOf), after, earned: saved, left })
    onlyEvents(world, 'unchallenged_noncanonical_ife', 'exit_processable')
  },
}

export const unchallengedPiggyback: Scenario<World> = {
  name: 'unchallenged_piggyback',
  event: 'unchallenged_piggyback',
  modes: ['embedded', 'remote'],
  story:
    'A piggyback on a spent output has stood for too long when the guard comes: it challenges, and own money leaves.',
  async play(world) {
    const { guard, mallory, bob, operator, time, tell } = world
    const { coins, deposit } = await saveUp(world, COIN)
    const first = await mallory.pay(await mallory.depositEther(STOLEN), mallory)
    await operator.formBlock()
    const [output] = first.outputs
    if (!output) throw new Error('A payment has an output.')
    await mallory.pay(output, bob)
    await operator.formBlock()
    await mallory.startInFlightExit(first)
    const joined = await mallory.piggybackOnOutput(first, 0)
    tell('Mallory has piggybacked an output that she has spent')
    await time.mine(MARGIN)
    await world.startGuard(LEAVING)

    await guard.untilEvent('unchallenged_piggyback', joined)
    await guard.untilAnswered('challengeInFlightExitOutputSpent')
    const state = await inFlightExitState(world, first)
    expectEqual('pieces that have joined', state !== 'none' && state.piggybacked, [])
    const own = [...coins, deposit]
    await untilExiting(world, own)
    await guard.hasSentOnly('challengeInFlightExitOutputSpent', ...own.map(() => 'startStandardExit'))
    onlyEvents(world, 'invalid_piggyback', 'unchallenged_piggyback')

    const saved = COIN + deposit.amount
    const { piggyback: bond } = await inFlightBonds(world)
    const left = (await vaultBalance(world, 'ether')) - saved
    await payday(world, { own: own.map(exitOf), earned: saved + bond, left })
    onlyEvents(world, 'invalid_piggyback', 'unchallenged_piggyback', 'exit_processable')
  },
}

/** Mallory pays Bob in a block, and exits another payment of the same coin, to herself. */
async function malloryExitsWhatSheHasPaid(world: World): Promise<{ payment: Payment; started: Receipt }> {
  const { mallory, bob, operator, tell } = world
  const coin = await mallory.depositEther(STOLEN)
  await mallory.pay(coin, bob)
  await operator.formBlock()
  const payment = mallory.sign([coin], [{ to: mallory.address, amount: coin.amount }])
  const started = await mallory.startInFlightExit(payment)
  await mallory.piggybackOnOutput(payment, 0)
  tell('Mallory exits in flight what she has paid to Bob')
  return { payment, started }
}
