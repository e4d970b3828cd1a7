import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createEnds, malloryCheats, type Network, openNetwork, start, startGuard } from '../support/guarded-network.ts'
import type { Address } from '../../src/plasma/units.ts'
import { layLine } from '../support/line.ts'

const LIMIT = 120_000
const says = (msg: string) => (line: Readonly<Record<string, unknown>>) => line['msg'] === msg

let ends = createEnds()
let network: Network
beforeEach(async () => {
  ends = createEnds()
  network = await openNetwork(ends)
}, LIMIT)
afterEach(async () => {
  await ends.run()
}, LIMIT)

const poor = `0x${'0b'.repeat(32)}` as const
const file = (rootChain: string, operator: string) => ({
  rootChain: { urls: [rootChain], plasmaFramework: network.deployment.framework },
  childChain: { url: operator },
})
const environment = () => ({ PRIVATE_KEY: network.deployment.accounts.guard.privateKey })

describe('the daemon', () => {
  test(
    'starts before its node is up, and stops cleanly when it is told to',
    async () => {
      let there = false
      const line = await layLine(() => (there ? network.chain.url : undefined))
      ends.add('line', line.close)
      const guard = await startGuard(ends, file(line.url, network.operatorUrl), environment())
      await guard.until(says('no answer yet, will retry'))
      there = true
      await guard.until(says('guard started'))
      guard.stop()
      expect(await guard.ended).toBe(0)
      expect(guard.lines.at(-1)).toMatchObject({ msg: 'guard stopped' })
    },
    LIMIT,
  )

  test(
    'answers what happened while its node and its operator were out of reach',
    async () => {
      const node = await layLine(() => network.chain.url)
      const operator = await layLine(() => network.operatorUrl)
      ends.add('lines', async () => {
        await node.close()
        await operator.close()
      })
      const guard = await startGuard(ends, file(node.url, operator.url), environment())
      await guard.until(says('guard started'))
      await node.cut()
      await operator.cut()
      const { exitId } = await malloryCheats(network)
      await guard.until(({ level }) => level === 'warn')
      await node.mend()
      await operator.mend()
      const sent = await guard.until(says('transaction sent'))
      expect(sent['key']).toContain(exitId.toString())
    },
    LIMIT,
  )

  test(
    'with an account that cannot pay says so, and answers when funds arrive',
    async () => {
      const guard = await startGuard(ends, file(network.chain.url, network.operatorUrl), { PRIVATE_KEY: poor })
      const { accounts } = await guard.until(says('guard started'))
      const { exitId } = await malloryCheats(network)
      const failed = await guard.until(says('execution failed'))
      expect(String(failed['error'])).toContain('INSUFFICIENT_FUNDS')
      expect(guard.lines.filter(says('transaction sent'))).toEqual([])

      const [account] = accounts as [Address]
      await network.alice.wallet.call({ to: account, data: '0x', value: 10n ** 18n })
      await network.time.pass(31n)
      const sent = await guard.until(says('transaction sent'))
      expect(sent['key']).toContain(exitId.toString())
      expect(await guard.until(says('answer ended'))).toMatchObject({ outcome: 'done_by_us' })
      expect(JSON.stringify(guard.lines) + guard.complaint()).not.toContain('0b'.repeat(32))
    },
    LIMIT,
  )

  test(
    'killed after it has answered, does not answer again when it is started anew',
    async () => {
      const first = await startGuard(ends, file(network.chain.url, network.operatorUrl), environment())
      await first.until(says('guard started'))
      await malloryCheats(network)
      await first.until(says('transaction sent'))
      first.kill()
      await first.ended
      const second = start(ends, { folder: first.folder, environment: environment() })
      await second.until(says('guard started'))
      await network.time.pass(61n)
      await network.time.blocks(5)
      const { guard } = network.deployment.accounts
      expect(await network.client.getTransactionCount({ address: guard.address })).toBe(1)
      expect(second.lines.filter(says('transaction sent'))).toEqual([])
    },
    LIMIT,
  )

  test(
    'with a framework address that holds nothing ends at once, and says what is wrong',
    async () => {
      const wrong = file(network.chain.url, network.operatorUrl)
      wrong.rootChain.plasmaFramework = network.mallory.address
      const guard = await startGuard(ends, wrong, environment())
      expect(await guard.ended).toBe(1)
      expect(guard.complaint()).toContain('NO_PLASMA_FRAMEWORK')
    },
    LIMIT,
  )
})
