import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { mintFromNothing } from '../../devnet/operator/cheats.ts'
import type { Hex } from '../../src/lib/bytes.ts'
import { ETH, type Address, type Wei } from '../../src/plasma/units.ts'
import { createEnds, malloryCheats, type Network, openNetwork, startGuard } from '../support/guarded-network.ts'

const LIMIT = 240_000
const ETHER = 10n ** 18n
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

const file = (mode: string, accounts: object[] = []) => ({
  rootChain: { urls: [network.chain.url], plasmaFramework: network.deployment.framework },
  childChain: { url: network.operatorUrl },
  control: { port: 0 },
  ...{ mode, accounts },
})
const sentBy = (address: `0x${string}`) => network.client.getTransactionCount({ address })

/** The operator makes money from nothing: whoever may leave has to. */
async function operatorCheats() {
  const { alice, mallory, operator } = network
  await alice.depositEther(ETHER)
  await operator.formBlock({
    also: mintFromNothing({ to: mallory.address, currency: ETH, amount: (9n * ETHER) as Wei }),
  })
}

describe('the mode', () => {
  test(
    'observe needs no key, tells what happens, and runs no process',
    async () => {
      const guard = await startGuard(ends, file('observe'), {})
      await guard.until(says('guard started'))
      const { exitId } = await malloryCheats(network)
      expect(await guard.until(says('event emitted'))).toMatchObject({ event: 'invalid_exit', exit_id: String(exitId) })
      guard.stop()
      expect(await guard.ended).toBe(0)
      const told = new Set(guard.lines.map(({ msg }) => msg))
      for (const never of ['transaction advised', 'transaction sent', 'answer ended'])
        expect(told.has(never)).toBe(false)
    },
    LIMIT,
  )

  test(
    'advise needs an address and no key, and shows a transaction that its owner can send as it is',
    async () => {
      const { bob, client } = network
      const guard = await startGuard(ends, file('advise', [{ watchOnly: bob.address }]), {})
      await guard.until(says('guard started'))
      const { exitId } = await malloryCheats(network)
      const advice = await guard.until(says('transaction advised'))
      expect(advice).toMatchObject({
        purpose: 'challengeStandardExit',
        from: bob.address,
        to: network.deployment.exitGame,
        value: '0',
        lacking: false,
        gas: expect.stringMatching(/^\d{5,}$/),
        cost: expect.stringMatching(/^\d{10,}$/),
      })
      expect(advice['key']).toContain(String(exitId))
      expect(await guard.until(says('answer ended'))).toMatchObject({ outcome: 'refused' })
      guard.stop()
      expect(await guard.ended).toBe(0)

      const { to, data } = advice as unknown as { to: Address; data: Hex }
      const before = await sentBy(bob.address)
      const receipt = await bob.wallet.call({ to, data, value: 0n })
      expect(receipt.status).toBe('success')
      expect((await sentBy(bob.address)) - before).toBe(1)
      expect(await client.getBalance({ address: to })).toBe(0n)
    },
    LIMIT,
  )

  test(
    'advise shows how to leave as well',
    async () => {
      const { alice } = network
      const guard = await startGuard(ends, file('advise', [{ watchOnly: alice.address }]), {})
      await guard.until(says('guard started'))
      await operatorCheats()
      const before = await sentBy(alice.address)
      const advice = await guard.until(
        (line) => says('transaction advised')(line) && line['purpose'] !== 'addExitQueue',
      )
      expect(advice).toMatchObject({ purpose: 'startStandardExit', from: alice.address })
      expect(BigInt(String(advice['value']))).toBeGreaterThan(0n)
      expect(await sentBy(alice.address)).toBe(before)
    },
    LIMIT,
  )

  test(
    'defend starts no exit, whatever the operator does: that is an alarm',
    async () => {
      const { alice, deployment } = network
      const guard = await startGuard(ends, file('defend'), { PRIVATE_KEY: deployment.accounts.alice.privateKey })
      await guard.until(says('guard started'))
      await operatorCheats()
      const before = await sentBy(alice.address)
      const alarm = await guard.until((line) => says('alarm raised')(line) && line['kind'] === 'cannot_leave')
      expect(String(alarm['message'])).toContain('its mode is defend')
      const failed = await guard.until(says('execution failed'))
      expect(String(failed['error'])).toContain('LEAVING_REFUSED')
      expect(await sentBy(alice.address)).toBe(before)
      expect(guard.lines.filter(says('transaction sent'))).toEqual([])
    },
    LIMIT,
  )
})
