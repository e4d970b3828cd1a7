import { describe, expect, test } from '@jest/globals'
import { GuardError } from '../../src/lib/errors.ts'
import { silentLogger } from '../../src/lib/logger.ts'
import { createBlockChecks, type BlockChecks } from '../../src/watcher/block-checks.ts'
import { createWatcher } from '../../src/watcher/watcher.ts'
import { temporaryFacts } from '../support/facts.ts'
import { alice, bob } from '../support/signers.ts'
import { framework, pay, payment } from '../support/transactions.ts'
import { MIN_EXIT_PERIOD, network, WITHHOLDING, type Network } from './network.ts'

class VerifierError extends GuardError {
  override readonly code: string
  override readonly fatal: boolean

  constructor(code: string, fatal = false) {
    super('threads died')
    this.code = code
    this.fatal = fatal
  }
}

function watch({ chain, operator }: Network, checks: BlockChecks) {
  let wake: () => void = () => {}
  const watcher = createWatcher(
    {
      ...{ rootChain: chain.port, operator, checks, log: silentLogger, facts: temporaryFacts() },
      archive: { list: () => [] },
      sleep: (_, signal) =>
        new Promise((resolve) => {
          wake = resolve
          if (signal.aborted) resolve()
          signal.addEventListener('abort', () => {
            resolve()
          })
        }),
    },
    { framework, minExitPeriod: MIN_EXIT_PERIOD, withholdingSeconds: WITHHOLDING, slaMarginBlocks: 20n },
  )
  const stop = new AbortController()
  const ended = watcher.run(stop.signal).then(
    () => undefined,
    (error: unknown) => error,
  )
  return {
    look: async () => {
      wake()
      for (let turn = 0; turn < 60; turn++) await new Promise((resolve) => setImmediate(resolve))
      return watcher.snapshot()
    },
    end: () => {
      stop.abort()
      return ended
    },
    ended,
  }
}

describe('a block that the verifier cannot check', () => {
  test('is no bad block, but somebody hears of it, and exits are judged on', async () => {
    const net = network()
    const coins = [net.deposit(alice, 10n), net.deposit(bob, 10n)] as const
    net.submit([payment([{ utxoPos: coins[0], signer: alice }], [pay(bob, 10n)])])
    const honest = createBlockChecks({ framework })
    let lethal = true
    const { look, end } = watch(net, (wanted, served) =>
      lethal && wanted.blknum === 2000n ? Promise.reject(new VerifierError('LETHAL_SLICE')) : honest(wanted, served),
    )
    await look()
    net.submit([payment([{ utxoPos: coins[1], signer: bob }], [pay(alice, 10n)])])
    net.startExit(alice, coins[0], net.depositTx(alice, 10n))
    await look()
    const snapshot = await look()
    expect(snapshot?.conditions.map(({ type }) => type)).toEqual(['invalid_exit'])
    expect(snapshot?.unreadable).toMatchObject([
      { what: 'child block 2000, which could not be checked (LETHAL_SLICE)' },
    ])
    expect(snapshot?.childChain).toMatchObject({ validated: { blknum: 1000n }, appliedTo: 3n })

    lethal = false
    const after = await look()
    expect(after?.unreadable).toEqual([])
    expect(after?.childChain.validated?.blknum).toBe(2000n)
    expect(await end()).toBeUndefined()
  })

  test('since there is no verifier any more ends the watch', async () => {
    const net = network()
    net.submit([])
    const { look, ended } = watch(net, () => Promise.reject(new VerifierError('NO_VERIFIER_THREADS', true)))
    await look()
    expect(await ended).toMatchObject({ code: 'NO_VERIFIER_THREADS' })
  })
})
