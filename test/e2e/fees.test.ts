import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import Sqlite from 'better-sqlite3'
import { privateKeyToAccount } from 'viem/accounts'
import { z } from 'zod'
import { devnetAccounts } from '../../devnet/accounts.ts'
import { mine, setCode } from '../../devnet/chain-control.ts'
import { type Chain, startChain } from '../../devnet/chain.ts'
import { createNode, type Node } from '../../src/chain/node.ts'
import { hash, quantity, transactionReceipt } from '../../src/chain/shapes.ts'
import { createSigner, parsePrivateKey } from '../../src/chain/signer.ts'
import { createChainAccess } from '../../src/chain/transactions.ts'
import type { Hex } from '../../src/lib/bytes.ts'
import { silentLogger } from '../../src/lib/logger.ts'
import type { Outcome } from '../../src/lib/outcome.ts'
import { sleep } from '../../src/lib/sleep.ts'
import type { Address, Timestamp, Wei } from '../../src/plasma/units.ts'
import { createIntentStore } from '../../src/store/intents.ts'
import type { Intent } from '../../src/tx/intent.ts'
import { createTxManager, type TxManager } from '../../src/tx/tx-manager.ts'

const LIMIT = 120_000
const GWEI = 10n ** 9n
const SECONDS_PER_BLOCK = 12
/** Takes each word of calldata once: exits to be challenged. */
const EXITS: Hex = '0x600035805415600d57600080fd5b6001905500'
const exitsAt = `0x${'e'.repeat(40)}` as Address
/** Burns all the gas that it is given. */
const LOOP: Hex = '0x5b600056'
const loopAt = `0x${'f'.repeat(40)}` as Address
/** A block holds a few challenges, or one transaction of somebody who pays any price. */
const BLOCK_GAS = 500_000n

const { guard, alice } = devnetAccounts()
let chain: Chain
let node: Node
let life: AbortController
let looks: number
let nonceOfAlice: number

beforeEach(async () => {
  chain = await startChain({ mining: 'demand' })
  node = createNode({ urls: [chain.url], timeoutMs: 5_000 })
  await setCode(chain.url, exitsAt, EXITS)
  await setCode(chain.url, loopAt, LOOP)
  await node.ask('evm_setBlockGasLimit', [`0x${BLOCK_GAS.toString(16)}`], z.unknown())
  life = new AbortController()
  looks = 0
  nonceOfAlice = 0
}, LIMIT)
afterEach(async () => {
  life.abort()
  await chain.stop()
}, LIMIT)

function manager(): TxManager {
  const access = createChainAccess(node)
  const chainAccess = {
    ...access,
    head: () => {
      looks++
      return access.head()
    },
  }
  return createTxManager(
    {
      ...{ chain: chainAccess, store: createIntentStore(new Sqlite(':memory:')), log: silentLogger, sleep },
      accounts: [createSigner(parsePrivateKey(guard.privateKey))],
      raise: async () => undefined,
    },
    {
      ...{ chainId: 31_337n, confirmations: 1, stuckAfterBlocks: 3, finalAfterBlocks: 64, pollMs: 10, stakeShare: 50n },
      ...{ maxFee: (1_000n * GWEI) as Wei, floorFee: GWEI as Wei, bondSeconds: 100n },
      ...{ gasPerDay: (10n ** 20n) as Wei, lockedBonds: (10n ** 20n) as Wei },
    },
    life.signal,
  )
}

function challenge(exit: number): Intent {
  const data = `0x${exit.toString(16).padStart(64, '0')}` as const
  return {
    ...{ key: `challenge:${exit}`, purpose: 'challengeStandardExit', to: exitsAt, data, value: 0n as Wei },
    settled: async (): Promise<Outcome | undefined> => {
      const bit = await node.ask('eth_getStorageAt', [exitsAt, data, 'latest'], quantity)
      return bit === 1n ? { outcome: 'done_by_other', reason: 'the exit is challenged' } : undefined
    },
  }
}

/** Makes a block for this base fee, and waits until the guard has looked at it and done what is due. */
async function block(baseFee: bigint, { isFull }: { isFull: boolean }): Promise<void> {
  if (isFull) await fillBlock()
  await node.ask('anvil_setNextBlockBaseFeePerGas', [`0x${baseFee.toString(16)}`], z.unknown())
  await mine(chain.url, 1, SECONDS_PER_BLOCK)
  const before = looks
  while (looks < before + 3) await sleep(5)
}

async function fillBlock(): Promise<void> {
  const account = privateKeyToAccount(alice.privateKey)
  const raw = await account.signTransaction({
    ...{ type: 'eip1559', chainId: 31_337, nonce: nonceOfAlice, to: loopAt, gas: BLOCK_GAS - 20_000n },
    ...{ maxFeePerGas: 10n ** 14n, maxPriorityFeePerGas: 2n * GWEI },
  })
  nonceOfAlice++
  await node.ask('eth_sendRawTransaction', [raw], hash)
}

const nonceOf = async (account: string, at = 'latest') =>
  Number(await node.ask('eth_getTransactionCount', [account, at], quantity))

describe('In congested blocks, the base fee rising by an eighth each', () => {
  test.each([
    { factor: 10n, blocks: 20 },
    { factor: 100n, blocks: 40 },
  ])(
    'up to $factor times within $blocks: what may pay is mined in time, what may not comes later',
    async ({ factor, blocks }) => {
      const guardian = manager()
      const now = (await createChainAccess(node).head()).timestamp
      const deadline = (now + BigInt((blocks + 20) * SECONDS_PER_BLOCK)) as Timestamp
      const ended: string[] = []
      const submit = (intent: Intent) =>
        guardian.submit(intent).then((outcome) => {
          ended.push(intent.key)
          return outcome
        })
      // Half of the stake buys some 4 gwei for 65,000 gas.
      const poor = submit({ ...challenge(1), stake: (500_000n * GWEI) as Wei })
      while ((await nonceOf(guard.address, 'pending')) < 1) await sleep(5)
      const calm = submit(challenge(2))
      const urgent = submit({ ...challenge(3), deadline, stake: (10n ** 17n) as Wei })
      const own = submit({ ...challenge(4), deadline, stake: (10n ** 18n) as Wei, own: true })
      while ((await nonceOf(guard.address, 'pending')) < 4) await sleep(5)

      let baseFee = GWEI
      for (let at = 0; at < blocks; at++) {
        await block(baseFee, { isFull: true })
        baseFee += baseFee / 8n
      }
      expect(baseFee).toBeGreaterThanOrEqual(factor * GWEI)
      expect(await nonceOf(guard.address)).toBe(0)

      for (let at = 0; at < 4; at++) await block(baseFee, { isFull: false })
      expect(new Set(ended)).toEqual(new Set(['challenge:2', 'challenge:3', 'challenge:4']))
      for (const answer of [calm, urgent, own]) expect(await answer).toMatchObject({ outcome: 'done_by_us' })
      expect((await createChainAccess(node).head()).timestamp).toBeLessThanOrEqual(deadline)

      for (let at = 0; at < 4; at++) await block(GWEI, { isFull: false })
      const late = await poor
      expect(late).toMatchObject({ outcome: 'done_by_us' })
      const receipt = await node.ask('eth_getTransactionReceipt', [late.txHash], transactionReceipt)
      expect(receipt.effectiveGasPrice).toBeLessThanOrEqual(4n * GWEI)
      // Four answers, and the filler in the first place of the one that could not pay.
      expect(await nonceOf(guard.address)).toBe(5)
    },
    LIMIT,
  )
})
