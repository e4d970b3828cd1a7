import { whole } from '../amounts.ts'
import { standardExitState, submissionOf } from '../contract-state.ts'
import { type Report, serveFakeWatcher } from '../fake-watcher.ts'
import { expectEqual, type Scenario } from '../scenario.ts'
import type { World } from '../world.ts'
import { exitOf, LEAVING, MARGIN, saveUp } from './own-money.ts'

export const lyingWatcherLeave: Scenario<World> = {
  name: 'lying_watcher_leave',
  event: 'invalid_block',
  modes: ['remote'],
  story:
    'A Watcher that nobody trusts invents a bad block, a withheld one and an unchallenged exit: the guard leaves nothing.',
  async play(world) {
    const { client, contracts, alice, guard, operator, time, tell } = world
    const { coins, deposit, hers } = await saveUp(world, whole(10))
    await alice.pay(hers, alice)
    const second = await operator.formBlock()
    const honest = await alice.startStandardExit(await alice.depositEther(whole(1)))
    await time.mine(MARGIN)
    const first = operator.block(1000n)
    if (!first) throw new Error('The owner has savings in the first block.')

    const { coin, exitId, receipt } = honest
    const reports: readonly Report[] = [
      { event: 'invalid_block', details: { hash: first.root, blknum: first.blknum, error_type: 'tx_execution' } },
      { event: 'block_withholding', details: { hash: second.root, blknum: second.blknum } },
      {
        event: 'unchallenged_exit',
        details: {
          ...{ utxo_pos: coin.utxoPos, owner: coin.owner, currency: coin.currency, amount: coin.amount },
          ...{ eth_height: receipt.blockNumber, root_chain_txhash: receipt.transactionHash },
          ...{ scheduled_finalization_time: 2_000_000_000n, spending_txhash: `0x${'5e'.repeat(32)}` },
        },
      },
    ]
    const watcher = await serveFakeWatcher({ client, contracts, reports: () => reports })
    world.ends.add('the lying Watcher', watcher.close)
    await world.startGuard({ ...LEAVING, watcherUrl: watcher.url, watcherTrusted: false })
    tell('the Watcher tells its lies')

    await guard.untilEvent('invalid_block', await submissionOf(world, first.blknum))
    await guard.untilEvent('block_withholding', await submissionOf(world, second.blknum))
    await guard.untilEvent('unchallenged_exit', receipt)
    for (const about of [first.blknum, second.blknum, exitId]) await guard.untilWarned(about.toString())
    await time.blocks(5)
    for (const own of [...coins, deposit]) {
      expectEqual('an own exit', await standardExitState(world, exitOf(own)), 'none')
    }
    expectEqual("Alice's exit", await standardExitState(world, exitId), 'open')
    await guard.hasSentOnly()
    await guard.hasEarned(0n)
  },
}
