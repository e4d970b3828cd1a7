import { setTimeout as pause } from 'node:timers/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { createEnds } from '../support/guarded-network.ts'
import {
  appliedIn,
  ask,
  caughtUp,
  launch,
  makeFolder,
  openStillNetwork,
  payToAndFro,
  says,
  type StillNetwork,
  WATCH,
} from './watch-process-stage.ts'

// Only against hanging.
jest.setTimeout(300_000)

const BLOCKS = 150
const ETHER = 10n ** 18n
const ends = createEnds()
let network: StillNetwork
let made: Awaited<ReturnType<typeof makeHistory>>

beforeAll(async () => {
  network = await openStillNetwork(ends)
  made = await makeHistory(network)
})
afterAll(() => ends.run())

/** Mallory pays Bob, and exits what she paid with all the same. */
async function makeHistory(all: StillNetwork) {
  const { alice, bob, mallory, operator } = all
  const stolen = await mallory.depositEther(ETHER)
  const { roots, coins } = await payToAndFro(all, await alice.depositEther(ETHER), BLOCKS - 1)
  await mallory.pay(stolen, bob)
  roots.push((await operator.formBlock()).root)
  await mallory.startStandardExit(stolen)
  // What the payer kept.
  const kept = coins.filter((_, at) => at % 25 === 1).map(({ utxoPos }) => utxoPos + 1n)
  return { roots, kept }
}

const blknumOf = (root: string | undefined) => 1_000 * (made.roots.indexOf(root ?? '') + 1)

const inOrder = (roots: readonly string[]) => roots.map(blknumOf).sort((one, other) => one - other)

async function learn(url: string, method: string, body: object): Promise<unknown> {
  const answer = await ask(url, method, body)
  expect([method, body, answer]).not.toEqual([method, body, { refused: expect.anything() }])
  return answer
}

/** Everything that a client can learn, once both APIs have all of it. */
async function answersOf(url: string, infoUrl: string): Promise<object> {
  const status = await caughtUp(url, ({ byzantine_events: events }) => events.length > 0)
  const newest = async () => ((await ask(infoUrl, 'block.all')) as { blknum: number }[])[0]?.blknum
  while ((await newest()) !== BLOCKS * 1_000) await pause(50)
  const addresses = [network.alice.address, network.bob.address, network.mallory.address]
  const each = <Item>(items: readonly Item[], question: (item: Item) => Promise<unknown>) =>
    Promise.all(items.map(question))
  return {
    status,
    utxos: await each(addresses, (address) => learn(url, 'account.get_exitable_utxos', { address })),
    exits: await each(made.kept, (position) => learn(url, 'utxo.get_exit_data', { utxo_pos: Number(position) })),
    balances: await each(addresses, (address) => learn(infoUrl, 'account.get_balance', { address })),
    listed: await each(addresses, (address) => learn(infoUrl, 'account.get_utxos', { address })),
    transactions: await learn(infoUrl, 'transaction.all', { limit: 100 }),
  }
}

/** A whole life, up to a death that comes `after` so many questions for blocks and a moment more. */
async function liveAndDie(folder: string, { after, moment }: { after: number; moment: number }): Promise<void> {
  let questions = 0
  const deadly = new Promise<void>((resolve) => {
    network.toll.onBlock(() => {
      if (++questions === after) resolve()
    })
  })
  const watcher = launch(ends, folder, { args: WATCH })
  await Promise.race([deadly, watcher.ended])
  await pause(moment)
  watcher.kill()
  expect(await watcher.ended).toBeNull()
  network.toll.onBlock(() => {})
}

async function answersOfA(folder: string): Promise<object> {
  const watcher = launch(ends, folder, { args: WATCH })
  const { url, infoUrl } = await watcher.until(says('watcher started'))
  const answers = await answersOf(String(url), String(infoUrl))
  watcher.stop()
  expect(await watcher.ended).toBe(0)
  return answers
}

test('a watcher that is killed again and again ends where one does that never was, and asks for no block again', async () => {
  const undisturbed = await answersOfA(makeFolder(ends, network))
  expect(inOrder(network.toll.take())).toEqual(made.roots.map(blknumOf))
  expect(undisturbed).toMatchObject({
    status: {
      last_validated_child_block_number: BLOCKS * 1_000,
      byzantine_events: [{ event: 'invalid_exit' }],
    },
  })

  const folder = makeFolder(ends, network)
  const deaths = [
    { after: 1, moment: 0 },
    { after: 30, moment: 3 },
    { after: 41, moment: 17 },
  ]
  let applied = 0
  for (const death of [...deaths, undefined]) {
    if (death) await liveAndDie(folder, death)
    else expect(await answersOfA(folder)).toEqual(undisturbed)
    const [first] = inOrder(network.toll.take())
    expect(first).toBeGreaterThan(applied)
    // Four questions are on their way at once, and any of them may come in first.
    expect(first).toBeLessThanOrEqual(applied + 4_000)
    const reached = appliedIn(join(folder, 'data', 'watch'))
    expect(reached).toBeGreaterThanOrEqual(applied)
    applied = reached
  }
  expect(applied).toBe(BLOCKS * 1_000)
})
