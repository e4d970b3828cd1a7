import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { readDeployment, type Deployment } from '../../src/chain/deployment.ts'
import { createExitQueueReader } from '../../src/chain/exit-queue.ts'
import { identifyReport } from '../../src/chain/identify-report.ts'
import { createLocator } from '../../src/chain/locator.ts'
import { createNode, type Node } from '../../src/chain/node.ts'
import { createOwnExits } from '../../src/chain/own-exits.ts'
import { createRootChain } from '../../src/chain/root-chain.ts'
import type { WatcherReport } from '../../src/chain/watcher-report.ts'
import type { Condition } from '../../src/exit-game/condition.ts'
import { inFlightExitId } from '../../src/exit-game/exit-id.ts'
import { fromHex } from '../../src/lib/bytes.ts'
import { ETH } from '../../src/plasma/units.ts'
import { exitableAt, exitCalls, queuedExit } from '../e2e/exit-game-exits.ts'
import { openStage, PERIOD, type Done, type Stage } from '../e2e/exit-game-stage.ts'

// Only against hanging: the first start compiles the contracts.
jest.setTimeout(300_000)

let stage: Stage
let calls: ReturnType<typeof exitCalls>
let node: Node
let deployment: Deployment
let begin: string

beforeAll(async () => {
  stage = await openStage()
  calls = exitCalls(stage)
  node = createNode({ urls: [stage.chain.url] })
  deployment = await readDeployment(node, stage.deployment.framework)
})
afterAll(() => stage.close())
beforeEach(async () => {
  begin = await stage.snapshot()
})
afterEach(() => stage.revert(begin))

/** Somebody who asks our own node about what a Watcher reports, and remembers what it read before. */
function identifier() {
  const rootChain = createRootChain({ node, deployment })
  const locator = createLocator(node, deployment)
  return async (report: WatcherReport, overdueSince = 1_000_000n): Promise<readonly Condition[] | string> => {
    const found = await identifyReport(report, { rootChain, locator, deployment, overdueSince })
    return found.ok ? found.conditions : found.why
  }
}

function standing({ receipt }: Done, rank = 0) {
  return { ethHeight: receipt.blockNumber, occurrence: { txHash: receipt.transactionHash, rank } }
}

async function timeOf({ receipt }: Done): Promise<bigint> {
  return (await stage.client.getBlock({ blockNumber: receipt.blockNumber })).timestamp
}

/** Alice pays Bob ether and Carol tokens in one transaction, and starts its in-flight exit. */
async function started() {
  const ether = await stage.deposit('alice', 5n)
  const { token } = stage.deployment
  const tokens = await stage.deposit('alice', 9n, token)
  const payment = stage.pay([ether, tokens], { to: 'bob', amount: 5n }, { to: 'carol', amount: 9n, currency: token })
  const start = await calls.startInFlightExit(payment)
  const txbytes = fromHex(payment.tx)
  return { ether, tokens, token, payment, start, txbytes, exitId: inFlightExitId(txbytes) }
}

describe('What a Watcher reports of an in-flight exit is found on our own node', () => {
  test('the exit, by its transaction alone: its log, its times and its owners', async () => {
    const { payment, start, txbytes, exitId } = await started()
    const identify = identifier()
    const startedAt = await timeOf(start)
    const about = { exitId, txBytes: payment.tx, ...standing(start), deadline: startedAt + PERIOD / 2n - 1n }
    expect(await identify({ event: 'noncanonical_ife', txbytes })).toMatchObject([
      { type: 'noncanonical_ife', ...about },
    ])
    const everybody = [0, 1].map((index) => ({ index, address: stage.accounts.mallory.address }))
    const offer = {
      event: 'piggyback_available' as const,
      txbytes,
      available_inputs: everybody,
      available_outputs: everybody,
    }
    const { alice, bob: payee, carol } = stage.accounts
    expect(await identify(offer)).toMatchObject([
      { type: 'piggyback_available', ...about, side: 'input', index: 0, owner: alice.address },
      { side: 'input', index: 1, owner: alice.address },
      { side: 'output', index: 0, owner: payee.address },
      { side: 'output', index: 1, owner: carol.address },
    ])
  })

  test('piggybacks, each with its own log and the time of its token’s queue', async () => {
    const { payment, txbytes } = await started()
    const identify = identifier()
    const invalid = { event: 'invalid_piggyback' as const, txbytes, inputs: [0], outputs: [0, 1, 3] }
    expect(await identify(invalid)).toEqual([])
    const onEther = await calls.piggybackOnOutput(payment, 0)
    const onTokens = await calls.piggybackOnOutput(payment, 1)
    await stage.pass(50n)
    const later = await calls.piggybackOnInput(payment, 0)
    expect(await identify(invalid)).toMatchObject([
      { type: 'invalid_piggyback', side: 'input', index: 0, ...standing(later), deadline: exitableAt(onEther) },
      { side: 'output', index: 0, ...standing(onEther, 0), deadline: exitableAt(onEther) },
      { side: 'output', index: 1, ...standing(onTokens), deadline: exitableAt(onTokens) },
    ])
    // Joined already: nothing of it is open to anybody.
    const offered = [{ index: 0, address: stage.accounts.bob.address }]
    expect(
      await identify({ event: 'piggyback_available', txbytes, available_inputs: [], available_outputs: offered }),
    ).toEqual([])
  })

  test('an unchallenged piggyback only by its own age, not by that of its exit', async () => {
    const { payment, txbytes } = await started()
    const late = await calls.piggybackOnOutput(payment, 0)
    const report = { event: 'unchallenged_piggyback' as const, txbytes, inputs: [], outputs: [0] }
    const identify = identifier()
    expect(await identify(report, late.receipt.blockNumber - 1n)).toEqual([])
    expect(await identify(report, late.receipt.blockNumber)).toMatchObject([
      { type: 'unchallenged_piggyback', index: 0 },
    ])
  })

  test('a challenge, until somebody has answered it', async () => {
    const { ether, payment, txbytes } = await started()
    const identify = identifier()
    const report = { event: 'invalid_ife_challenge' as const, txbytes }
    expect(await identify(report)).toEqual([])
    const first = await calls.piggybackOnOutput(payment, 1)
    const [included] = await stage.include(payment)
    const competitor = stage.pay([ether], { to: 'mallory', amount: 5n })
    const challenge = await calls.challengeNotCanonical({ inFlight: payment, competitor })
    expect(await identify(report)).toMatchObject([
      { type: 'invalid_ife_challenge', ...standing(challenge), deadline: exitableAt(first) },
    ])
    if (included) await calls.respond(included)
    expect(await identify(report)).toEqual([])
  })

  test('a second life is another matter, and an exit that is gone is none', async () => {
    const { payment, txbytes, exitId, start } = await started()
    const identify = identifier()
    const report = { event: 'noncanonical_ife' as const, txbytes }
    expect(await identify(report)).toMatchObject([standing(start)])
    await stage.pass(PERIOD)
    await calls.deleteInFlightExit(exitId)
    expect(await identify(report)).toBe('the contract holds no such in-flight exit')
    const again = await calls.startInFlightExit(payment)
    expect(await identify(report)).toMatchObject([standing(again)])
  })

  test('an exit that never was is none', async () => {
    const coin = await stage.deposit('alice', 5n)
    const { tx } = stage.pay([coin], { to: 'bob', amount: 5n })
    const identify = identifier()
    expect(await identify({ event: 'noncanonical_ife', txbytes: fromHex(tx) })).toMatch(/no such in-flight exit/)
    expect(await identify({ event: 'noncanonical_ife', txbytes: new Uint8Array() })).toMatch(/no such in-flight exit/)
  })
})

describe('What a Watcher reports of a block is found on our own node', () => {
  test('the log that submitted it, when its root is the framework’s', async () => {
    const coin = await stage.deposit('alice', 5n)
    const [included] = await stage.include(stage.pay([coin], { to: 'bob', amount: 5n }))
    const blknum = (included?.txPos ?? 0n) / 1_000_000_000n
    await stage.include(stage.pay([coin], { to: 'carol', amount: 5n }))
    const submitted = await createRootChain({ node, deployment }).submittedBlock(blknum)
    if (!submitted) throw new Error('No such block')
    const identify = identifier()
    const about = { blknum, hash: submitted.root, deadline: submitted.timestamp + PERIOD - 1n }
    expect(
      await identify({ event: 'invalid_block', blknum, hash: submitted.root, error_type: 'tx_execution' }),
    ).toMatchObject([{ type: 'invalid_block', ...about, errorType: 'tx_execution', occurrence: { rank: 0 } }])
    expect(
      await identify({ event: 'block_withholding', blknum, hash: submitted.root, error_type: undefined }),
    ).toMatchObject([{ type: 'block_withholding', ...about }])
    const other = `0x${'ab'.repeat(32)}` as typeof submitted.root
    expect(await identify({ event: 'invalid_block', blknum, hash: other, error_type: undefined })).toMatch(
      /no such block/,
    )
    expect(await identify({ event: 'block_withholding', blknum: 77_000n, hash: other, error_type: undefined })).toMatch(
      /no such block/,
    )
  })
})

describe('Our own exits are found by the contract’s logs alone', () => {
  const homeOf = (who: 'alice' | 'bob' | 'mallory') => {
    const rootChain = createRootChain({ node, deployment })
    const own = new Set([stage.accounts[who].address])
    const look = createOwnExits({ node, deployment, rootChain, own })
    return async () => look(await rootChain.head())
  }

  test('a standard exit can be paid out once its time has passed, and not after it was paid', async () => {
    const home = homeOf('alice')
    const { token } = stage.deployment
    const coin = await stage.deposit('alice', 5n, token)
    const start = await calls.startStandardExit(coin)
    const dueAt = exitableAt(start)
    await stage.passUntil(dueAt)
    expect(await home()).toEqual([])
    await stage.pass(1n)
    await stage.deposit('bob', 1n)
    expect(await home()).toMatchObject([
      {
        type: 'exit_processable',
        exitId: queuedExit(start),
        vaultId: 2n,
        token,
        payees: [stage.accounts.alice.address],
        ethHeight: start.receipt.blockNumber,
      },
    ])
    expect(await homeOf('mallory')()).toEqual([])
    await stage.processExits(token)
    expect(await home()).toEqual([])
  })

  test('an in-flight exit, token by token, to whoever has joined it', async () => {
    const { payment, token, exitId, start } = await started()
    const onEther = await calls.piggybackOnOutput(payment, 0)
    await calls.piggybackOnOutput(payment, 1)
    expect(await homeOf('bob')()).toEqual([])
    // Both wait for two periods since the block of the youngest input.
    await stage.passUntil(exitableAt(onEther) + 1n)
    const { alice, bob: payee, carol } = stage.accounts
    expect(await homeOf('bob')()).toMatchObject([
      {
        type: 'exit_processable',
        exitId,
        vaultId: 1n,
        token: ETH,
        payees: [payee.address, alice.address],
        ...standing(start),
      },
    ])
    expect(await homeOf('alice')()).toMatchObject([{ token: ETH }, { token, payees: [carol.address, alice.address] }])
    expect(await homeOf('mallory')()).toEqual([])
  })

  test('a bond, after phase 1, when nobody has joined', async () => {
    const { exitId } = await started()
    const home = homeOf('alice')
    expect(await home()).toEqual([])
    await stage.pass(PERIOD / 2n)
    await stage.deposit('bob', 1n)
    expect(await home()).toMatchObject([{ type: 'bond_recoverable', exitId, payees: [stage.accounts.alice.address] }])
    await calls.deleteInFlightExit(exitId)
    expect(await home()).toEqual([])
  })
})

test('The exit queue is read in the order in which it will be processed', async () => {
  const read = createExitQueueReader(node, deployment)
  expect(await read({ vaultId: 2n, token: stage.accounts.bob.address })).toEqual([])
  const before = await read({ vaultId: 1n, token: ETH })
  const exits: { exitId: bigint; exitableAt: bigint }[] = []
  for (const amount of [3n, 1n, 2n]) {
    const start = await calls.startStandardExit(await stage.deposit('alice', amount))
    exits.push({ exitId: queuedExit(start), exitableAt: exitableAt(start) })
    await stage.pass(7n)
  }
  expect(await read({ vaultId: 1n, token: ETH })).toEqual([...before, ...exits])
})
