import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import Sqlite from 'better-sqlite3'
import { createNode } from '../../src/chain/node.ts'
import { createSigner, parsePrivateKey } from '../../src/chain/signer.ts'
import { createChainAccess } from '../../src/chain/transactions.ts'
import { silentLogger } from '../../src/lib/logger.ts'
import { sleep } from '../../src/lib/sleep.ts'
import type { Wei } from '../../src/plasma/units.ts'
import { createIntentStore } from '../../src/store/intents.ts'
import { createTxManager } from '../../src/tx/tx-manager.ts'
import { devnetAccounts } from '../../devnet/accounts.ts'
import { type Chain, startChain } from '../../devnet/chain.ts'

let chain: Chain
beforeAll(async () => {
  chain = await startChain({ mining: 'transactions' })
})
afterAll(() => chain.stop())

describe('Alice sends ether to Bob', () => {
  test('it arrives once', async () => {
    const { alice, bob } = devnetAccounts()
    const node = createNode({ urls: [chain.url] })
    const manager = createTxManager(
      {
        chain: createChainAccess(node),
        store: createIntentStore(new Sqlite(':memory:')),
        accounts: [createSigner(parsePrivateKey(alice.privateKey))],
        log: {
          ...silentLogger,
          info: (f, s) => {
            console.log(s, f)
          },
        },
        sleep,
      },
      { chainId: 31337n, confirmations: 1, stuckAfterBlocks: 3, pollMs: 20, feeCeiling: (10n ** 12n) as Wei },
      new AbortController().signal,
    )
    const outcome = await manager.submit({
      key: 'a',
      purpose: 'pay',
      to: bob.address,
      data: '0x',
      value: 5n as Wei,
      settled: async () => undefined,
    })
    expect(outcome.outcome).toBe('done_by_us')
  })
})
