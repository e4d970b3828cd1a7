import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { startGuardEngine } from '../../devnet/mesg/guard-engine.ts'
import {
  createEnds,
  malloryCheats,
  type Network,
  openNetwork,
  start,
  startService,
} from '../support/guarded-network.ts'

const LIMIT = 180_000
const says = (msg: string) => (line: Readonly<Record<string, unknown>>) => line['msg'] === msg

let ends = createEnds()
beforeEach(() => {
  ends = createEnds()
})
afterEach(async () => {
  await ends.run()
}, LIMIT)

describe('plasma-guard mesg', () => {
  test(
    'without the variables of an engine says which ones, and fails',
    async () => {
      const folder = '/nowhere'
      const without = start(ends, { folder, environment: {}, args: ['mesg'] })
      expect(await without.ended).toBe(1)
      expect(without.complaint()).toMatch(/^ENGINE_VARIABLES: .*MESG_RUNNER_HASH.*MESG_REGISTER_SIGNATURE/)
      const half = start(ends, { folder, environment: { MESG_RUNNER_HASH: '1'.repeat(32) }, args: ['mesg'] })
      expect(await half.ended).toBe(1)
      expect(half.complaint()).toContain('MESG_ENDPOINT is not set; MESG_INSTANCE_HASH is not set')
    },
    LIMIT,
  )

  test.each(['a', 'b'] as const)(
    'with the variables of an engine of generation %s challenges an invalid exit, and ends when it is told to',
    async (generation) => {
      const network: Network = await openNetwork(ends)
      const engine = await startGuardEngine({ generation })
      ends.add('engine', engine.close)
      const { deployment, chain, operatorUrl } = network
      const environment = { PRIVATE_KEY: deployment.accounts.guard.privateKey, ...engine.variables }
      const file = {
        rootChain: { urls: [chain.url], plasmaFramework: deployment.framework },
        childChain: { url: operatorUrl },
      }
      const guard = await startService(ends, file, environment)
      await guard.until(says('engine attached'))
      const { exitId } = await malloryCheats(network)
      const sent = await guard.until(says('transaction sent'))
      expect(sent['key']).toContain(exitId.toString())
      await guard.until(says('answer ended'))
      await engine.untilIdle()
      expect(engine.executions()).toMatchObject([
        { process: 'invalid-exit', taskKey: 'getChallengeData', status: 'completed' },
        { taskKey: 'challengeStandardExit', status: 'completed', outputs: { outcome: 'done_by_us' } },
      ])
      guard.stop()
      expect(await guard.ended).toBe(0)
      expect(guard.lines.at(-1)).toMatchObject({ msg: 'guard stopped' })
      expect(JSON.stringify(guard.lines)).not.toContain(deployment.accounts.guard.privateKey.slice(2))
      expect(engine.isPoisoned()).toBe(false)
    },
    LIMIT,
  )
})
