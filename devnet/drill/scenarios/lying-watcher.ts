import type { Actor } from '../../actor.ts'
import type { Coin } from '../../actor-coin.ts'
import type { Payment } from '../../actor-payment.ts'
import type { StartedExit } from '../../actor-standard-exit.ts'
import { whole } from '../amounts.ts'
import { standardExitState } from '../contract-state.ts'
import { type Claim, serveFakeWatcher } from '../fake-watcher.ts'
import { expectEqual, type Scenario } from '../scenario.ts'
import type { World } from '../world.ts'
import { claimAbout, proof } from './claim.ts'
import { mallorySpends } from './spent-coin.ts'

export const lyingWatcher: Scenario<World> = {
  name: 'lying_watcher',
  event: 'invalid_exit',
  modes: ['remote'],
  story:
    'A Watcher gives a wrong exit id, wrong bytes, a wrong signature, and invents an exit: the guard sends nothing.',
  async play(world) {
    const { client, contracts, guard, time, tell } = world
    let claims: readonly Claim[] = []
    const watcher = await serveFakeWatcher({ client, contracts, claims: () => claims })
    world.ends.add('the lying Watcher', watcher.close)
    await world.startGuard({ watcherUrl: watcher.url })

    const lies = await invent(world)
    claims = lies.map(({ claim }) => claim)
    tell('the Watcher tells its lies')
    for (const { about } of lies) await guard.untilWarned(...about)
    await time.blocks(5)

    for (const { lie, about } of lies) expectEqual(`warnings about the ${lie}`, guard.warnings(...about), 1)
    const states = await Promise.all(lies.map(({ exitId }) => standardExitState(world, exitId)))
    expectEqual('the exits', states, ['open', 'open', 'open', 'none'])
    await guard.hasSentOnly()
    await guard.hasEarned(0n)
  },
}

type Lie = { lie: string; claim: Claim; about: readonly string[]; exitId: bigint }

async function invent(world: World): Promise<readonly Lie[]> {
  const { alice, bob, mallory } = world
  const { coin: spent, payment } = await mallorySpends(world)
  const stolen = await mallory.startStandardExit(spent)
  const first = await alice.startStandardExit(await alice.depositEther(whole(1)))
  const second = await alice.startStandardExit(await alice.depositEther(whole(1)))
  const third = await alice.startStandardExit(await alice.depositEther(whole(1)))
  const forged = mallory.sign([second.coin], [{ to: mallory.address, amount: second.coin.amount }])
  const unspent = await bob.depositEther(whole(1))
  const phantom = { coin: unspent, exitId: 424_242n, receipt: unspent.receipt }
  return [
    lieAbout('wrong exit id', stolen, { ...proof(stolen, payment), exit_id: third.exitId }),
    lieAbout('wrong bytes', first, proof(first, payment)),
    lieAbout('wrong signature', second, proof(second, forged)),
    lieAbout('invented exit', phantom, proof(phantom, bobSpends(bob, unspent))),
  ]
}

function lieAbout(lie: string, exit: StartedExit, challengeData: Readonly<Record<string, unknown>>): Lie {
  const { coin, exitId } = exit
  return { lie, claim: claimAbout(exit, challengeData), about: [coin.utxoPos.toString(), exitId.toString()], exitId }
}

function bobSpends(bob: Actor, coin: Coin): Payment {
  return bob.sign([coin], [{ to: bob.address, amount: coin.amount }])
}
