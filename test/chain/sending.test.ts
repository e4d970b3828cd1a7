import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import Sqlite from 'better-sqlite3'
import { privateKeyToAccount } from 'viem/accounts'
import { devnetAccounts } from '../../devnet/accounts.ts'
import { mine, setAutomine, setCode } from '../../devnet/chain-control.ts'
import { type Chain, startChain } from '../../devnet/chain.ts'
import { createNode, type Node } from '../../src/chain/node.ts'
import { hash, hexData, quantity } from '../../src/chain/shapes.ts'
import { createSigner, parsePrivateKey } from '../../src/chain/signer.ts'
import { createChainAccess } from '../../src/chain/transactions.ts'
import type { Hex } from '../../src/lib/bytes.ts'
import type { Outcome } from '../../src/lib/outcome.ts'
import { sleep } from '../../src/lib/sleep.ts'
import type { Address, Wei } from '../../src/plasma/units.ts'
import { createIntentStore } from '../../src/store/intents.ts'
import type { Intent, IntentStore } from '../../src/tx/intent.ts'
import { createTxManager, type TxManager } from '../../src/tx/tx-manager.ts'

/** A contract that takes each word of calldata once, and then refuses it without a reason: exits to be challenged. */
const EXITS: Hex = '0x600035805415600d57600080fd5b6001905500'
const exitsAt = `0x${'e'.repeat(40)}` as Address
const { guard, alice } = devnetAccounts()

let chain: Chain
let node: Node
let life: AbortController
let sent: unknown[]
let store: IntentStore
let looks: number

beforeEach(async () => {
  chain = await startChain({ mining: 'transactions' })
  node = createNode({ urls: [chain.url], timeoutMs: 5_000 })
  await setCode(chain.url, exitsAt, EXITS)
  life = new AbortController()
  sent = []
  looks = 0
  store = createIntentStore(new Sqlite(':memory:'))
})
afterEach(async () => {
  life.abort()
  await chain.stop()
})

function manager(confirmations = 1): TxManager {
  const access = createChainAccess(node)
  const hear = () => undefined
  const info = (facts: unknown, sentence: string) => {
    if (sentence === 'transaction sent') sent.push(facts)
  }
  return createTxManager(
    {
      chain: {
        ...access,
        receipt: async (hashes) => {
          const receipt = await access.receipt(hashes)
          looks++
          return receipt
        },
      },
      store,
      accounts: [createSigner(parsePrivateKey(guard.privateKey))],
      raise: async () => undefined,
      log: { debug: hear, info, warn: hear, error: hear },
      sleep,
    },
    {
      ...{ chainId: 31_337n, confirmations, stuckAfterBlocks: 3, finalAfterBlocks: 64, pollMs: 20, stakeShare: 50n },
      ...{ maxFee: (10n ** 13n) as Wei, floorFee: 1n as Wei, bondSeconds: 100n },
      ...{ gasPerDay: (10n ** 20n) as Wei, lockedBonds: (10n ** 20n) as Wei },
    },
    life.signal,
  )
}

function challenge(exit: number, value = 0n): Intent {
  const data = `0x${exit.toString(16).padStart(64, '0')}` as const
  return {
    key: `challenge:${exit}`,
    purpose: 'challengeStandardExit',
    to: exitsAt,
    data,
    value: value as Wei,
    settled: async (): Promise<Outcome | undefined> => {
      const bit = await node.ask('eth_getStorageAt', [exitsAt, data, 'latest'], quantity)
      return bit === 1n ? { outcome: 'done_by_other', reason: 'the exit is challenged' } : undefined
    },
  }
}

const nonceOf = async (account: string, block = 'latest') =>
  Number(await node.ask('eth_getTransactionCount', [account, block], quantity))

async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isSo())) await sleep(10)
}

describe('On a real node', () => {
  test('twenty challenges at once are all mined, each once', async () => {
    const guardian = manager()
    const ids = Array.from({ length: 20 }, (_, at) => at + 1)
    const outcomes = await Promise.all([...ids, ...ids].map((id) => guardian.submit(challenge(id))))
    expect(outcomes.every(({ outcome }) => outcome === 'done_by_us')).toBe(true)
    expect(await nonceOf(guard.address)).toBe(20)
    expect(sent).toHaveLength(20)
  })

  test('an exit that Carol has challenged costs nothing', async () => {
    await manager().submit(challenge(1))
    store = createIntentStore(new Sqlite(':memory:'))
    expect(await manager().submit(challenge(1))).toMatchObject({ outcome: 'done_by_other' })
    expect(await nonceOf(guard.address)).toBe(1)
  })

  test('a call that the contract refuses for another reason is impossible, and nothing is sent', async () => {
    await setCode(chain.url, exitsAt, '0x600080fd')
    expect(await manager().submit(challenge(1))).toEqual({
      outcome: 'impossible',
      reason: 'The contract refuses the call: no reason given',
    })
    expect(await nonceOf(guard.address)).toBe(0)
  })

  test('Carol is faster in the same block: the receipt says reverted, the contract says done', async () => {
    await setAutomine(chain.url, false)
    const answer = manager().submit(challenge(1))
    await until(() => sent.length === 1)
    await sendAs(alice.privateKey, challenge(1).data, 10n ** 12n)
    await mine(chain.url)
    expect(await answer).toMatchObject({ outcome: 'done_by_other' })
    expect(await nonceOf(guard.address)).toBe(1)
  })

  test('without a miner it pays more, under the same nonce, and the last version counts', async () => {
    await setAutomine(chain.url, false)
    const answer = manager().submit(challenge(1))
    await until(() => sent.length === 1)
    const slot = (await store.get('challenge:1'))?.slot ?? { account: exitsAt, nonce: -1 }
    const versions = async () => (await store.versions(slot)).length
    const isWaiting = async () => (await nonceOf(guard.address, 'pending')) === 1
    for (let round = 1; round <= 2; round++) {
      // Blocks that leave it out: the node forgets what it had.
      await node.ask('anvil_dropAllTransactions', [], quantity.nullable())
      await mine(chain.url, 3)
      await until(async () => (await versions()) > round && (await isWaiting()))
    }
    await mine(chain.url)
    const outcome = await answer
    const signed = await store.versions(slot)
    expect(outcome).toMatchObject({ outcome: 'done_by_us', txHash: signed.at(-1)?.txHash })
    const fees = signed.map(({ maxFeePerGas }) => maxFeePerGas)
    expect(fees.length).toBeGreaterThanOrEqual(3)
    for (const [at, fee] of fees.slice(1).entries()) expect(fee * 10n).toBeGreaterThanOrEqual((fees[at] ?? 0n) * 11n)
    expect(await nonceOf(guard.address)).toBe(1)
    expect(sent).toHaveLength(1)
  })

  test('the program ends with transactions under way: the next one brings them home, and goes on after them', async () => {
    await setAutomine(chain.url, false)
    const first = manager()
    const answers = [1, 2, 3].map((id) => first.submit(challenge(id)).catch((error: unknown) => error))
    await until(() => sent.length === 3)
    life.abort()
    for (const answer of await Promise.all(answers)) expect(answer).toMatchObject({ code: 'SUBMISSION_INTERRUPTED' })
    await node.ask('anvil_dropAllTransactions', [], quantity.nullable())

    life = new AbortController()
    const second = manager()
    await second.resume()
    const answer = second.submit(challenge(4))
    await until(async () => (await nonceOf(guard.address, 'pending')) === 4)
    await setAutomine(chain.url, true)
    await mine(chain.url)
    expect(await answer).toMatchObject({ outcome: 'done_by_us' })
    expect(await second.submit(challenge(2))).toMatchObject({ outcome: 'done_by_us' })
    expect(await nonceOf(guard.address)).toBe(4)
    expect(sent).toHaveLength(4)
  })

  test('the same key used by a wallet of its owner: both get through', async () => {
    await setAutomine(chain.url, false)
    await sendAs(guard.privateKey, challenge(9).data, 10n ** 10n)
    const answer = manager().submit(challenge(1))
    await until(() => sent.length === 1)
    await mine(chain.url)
    expect(await answer).toMatchObject({ outcome: 'done_by_us' })
    expect(await nonceOf(guard.address)).toBe(2)
  })

  test('an account without money sends nothing and says what it needs', async () => {
    await node.ask('anvil_setBalance', [guard.address, '0x10'], quantity.nullable())
    const poor = { code: 'INSUFFICIENT_FUNDS', retryable: true }
    await expect(manager().submit(challenge(1))).rejects.toMatchObject(poor)
    await expect(manager().submit(challenge(1, 10n ** 18n))).rejects.toMatchObject(poor)
    expect(await nonceOf(guard.address, 'pending')).toBe(0)
    expect(await store.open()).toEqual([])
  })

  test('with three confirmations it is not done before the third block', async () => {
    let done = false
    const answer = manager(3)
      .submit(challenge(1))
      .finally(() => (done = true))
    await until(async () => (await nonceOf(guard.address)) === 1)
    await mine(chain.url)
    const before = looks
    await until(() => looks > before + 2)
    expect(done).toBe(false)
    await mine(chain.url)
    expect(await answer).toMatchObject({ outcome: 'done_by_us' })
  })
})

/** A transaction of somebody who does not use the guard. */
async function sendAs(key: `0x${string}`, data: `0x${string}`, tip: bigint): Promise<void> {
  const account = privateKeyToAccount(key)
  const raw = await account.signTransaction({
    ...{ type: 'eip1559', chainId: 31_337, nonce: await nonceOf(account.address, 'pending'), to: exitsAt, data },
    ...{ gas: 100_000n, maxFeePerGas: 10n ** 13n, maxPriorityFeePerGas: tip },
  })
  await node.ask('eth_sendRawTransaction', [raw], hash)
  await node.ask('eth_getCode', [exitsAt, 'latest'], hexData)
}
