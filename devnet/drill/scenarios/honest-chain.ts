import { ETH } from '../../../src/plasma/units.ts'
import { TOKEN_GRANT } from '../../deployment.ts'
import { whole } from '../amounts.ts'
import { processed, standardExitState, tokenBalance, vaultBalance } from '../contract-state.ts'
import { expectEqual, type Scenario } from '../scenario.ts'
import type { World } from '../world.ts'

export const honestChain: Scenario<World> = {
  name: 'honest_chain',
  modes: ['embedded', 'remote'],
  story: 'Honest people exit in every way there is, and are paid; the guard sends nothing.',
  async play(world) {
    const { alice, bob, carol, guard, operator, time, token, tell } = world
    await world.startGuard()
    const kept = await alice.depositEther(whole(1))
    const tokens = await alice.depositToken(whole(2))
    const included = await alice.pay(await alice.depositEther(whole(3)), bob, whole(2))
    await operator.formBlock()
    const lost = await carol.depositEther(whole(4))
    const pending = carol.sign([lost], [{ to: bob.address, amount: lost.amount }])

    const exits = [await alice.startStandardExit(kept), await alice.startStandardExit(tokens)]
    await bob.startInFlightExit(included)
    await bob.piggybackOnOutput(included, 0)
    await alice.piggybackOnOutput(included, 1)
    await bob.startInFlightExit(pending)
    await carol.piggybackOnInput(pending, 0)
    await bob.piggybackOnOutput(pending, 0)
    tell('Alice, Bob and Carol are leaving')
    await time.blocks(3)

    await time.pass(2n * world.minExitPeriod + 1n)
    const ofEther = await carol.processExits(ETH)
    const ofTokens = await carol.processExits(token)
    tell('everybody is paid')
    const paid = [...processed(ofEther).finalized, ...processed(ofTokens).finalized]
    expectEqual(
      'exits paid',
      paid,
      exits.map(({ exitId }) => exitId),
    )
    for (const { exitId } of exits) expectEqual('the exit', await standardExitState(world, exitId), 'none')
    expectEqual('ether in the vault', await vaultBalance(world, 'ether'), 0n)
    expectEqual('tokens in the vault', await vaultBalance(world, 'token'), 0n)
    expectEqual('tokens of Alice', await tokenBalance(world, alice.address), TOKEN_GRANT)

    const asked = world.gate.answered()
    await time.blocks(5)
    expectEqual('the guard is awake', world.gate.answered() > asked, true)
    expectEqual('byzantine events', guard.events().filter(isByzantine), [])
    await guard.hasSentOnly()
  },
}

/** The other two bring money home: they are no alarm. */
function isByzantine(event: string): boolean {
  return event !== 'exit_processable' && event !== 'bond_recoverable'
}
