import { createWalletClient, encodeFunctionData, http } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { exitGameAbi } from '../src/chain/abi.ts'
import { toHex, type Hex } from '../src/lib/bytes.ts'
import type { Included } from '../devnet/actor-payment.ts'
import type { Deposited } from '../devnet/actor-deposit.ts'
import { exitStarted } from '../devnet/actor-standard-exit.ts'
import { whole } from '../devnet/drill/amounts.ts'
import { createEnds } from '../devnet/drill/ends.ts'
import type { LogLine } from '../devnet/drill/log-lines.ts'
import type { Scenario } from '../devnet/drill/scenario.ts'
import { worldOpener, type World } from '../devnet/drill/world.ts'
import { bareAnswer, bareAsk } from './bare-calls.ts'
import { percentile, type Bench } from './bench.ts'

const SINGLE = 100
const BURST = 100

type Spent = { coin: Deposited; payment: Included }

const scenario: Scenario<World> = {
  name: 'respond',
  modes: ['embedded'],
  story: 'a hundred exits',
  play: async () => {},
}

/** From an event to the accepted raw transaction, one exit at a time and a hundred in one block. */
export const respond: Bench = async ({ print, tell }) => {
  const ends = createEnds()
  try {
    const { world } = await worldOpener({})({
      scenario,
      mode: 'embedded',
      ends,
      signal: new AbortController().signal,
      tell,
    })
    const spent = await spendMany(world, SINGLE + BURST + 1, tell)
    const [first, ...others] = spent
    if (!first) return
    const floor = await measureFloor(world, first)
    await world.startGuard()
    const single = await measureSingle(world, others.slice(0, SINGLE), tell)
    for (const [metric, share] of [
      ['p50', 0.5],
      ['p99', 0.99],
    ] as const) {
      const [value, least] = [percentile(single, share), percentile(floor, share)]
      print({ metric: `eventToAccepted.${metric}`, value, unit: 'ms', floor: least, ratio: value / least })
    }
    const burst = await measureBurst(world, others.slice(SINGLE), tell)
    print({ metric: `exitsInOneBlock.${BURST}.accepted`, value: burst.accepted, unit: 'ms' })
    print({ metric: `exitsInOneBlock.${BURST}.mined`, value: burst.ended, unit: 'ms' })
  } finally {
    await ends.run()
  }
}

async function spendMany(
  { mallory, bob, operator }: World,
  count: number,
  tell: (text: string) => void,
): Promise<Spent[]> {
  const coins: Deposited[] = []
  for (let at = 0; at < count; at++) coins.push(await mallory.depositEther(whole(1)))
  const paying = coins.map(async (coin) => ({ coin, payment: await mallory.pay(coin, bob) }))
  const paid = await Promise.all(paying)
  await operator.formBlock()
  tell(`${count} deposits are spent`)
  return paid
}

/** Somebody's challenge of an exit that stays open meanwhile, and transfers instead of challenges. */
async function measureFloor(world: World, { coin, payment }: Spent): Promise<number[]> {
  const { mallory, carol, gate, contracts } = world
  const exit = await mallory.startStandardExit(coin)
  const { to, data } = carol.challengeStandardExitCall(exit, payment)
  const challenge = { from: carol.address, to, data }
  const args = [[exit.exitId]] as const
  const state = {
    to: contracts.exitGame,
    data: encodeFunctionData({ abi: exitGameAbi, functionName: 'standardExits', args }),
  }
  const account = privateKeyToAccount(toHex(carol.signer.privateKey))
  const url = gate.url
  const signer = createWalletClient({ account, transport: http(url) })
  const ask = bareAsk(url)
  const times: number[] = []
  for (let at = 0; at < SINGLE; at++) {
    const prepared = await signer.prepareTransactionRequest({ chain: null, to: carol.address, value: 0n })
    const raw = await account.signTransaction({ ...prepared, type: 'eip1559' } as never)
    times.push(await bareAnswer(ask, carol.wallet, { state, challenge, raw }))
  }
  ask.close()
  await carol.challengeStandardExit(exit, payment)
  return times
}

/** Milliseconds by the guard's own log. */
async function measureSingle(world: World, spent: readonly Spent[], tell: (text: string) => void): Promise<number[]> {
  const times: number[] = []
  for (const { coin } of spent) {
    const exit = await world.mallory.startStandardExit(coin)
    const { emitted, sent } = await timesOf(world, exit.exitId)
    times.push(sent - emitted)
    if (times.length % 20 === 0) tell(`${times.length} exits are challenged`)
  }
  return times
}

async function timesOf({ guard }: World, exitId: bigint): Promise<{ emitted: number; sent: number; ended: number }> {
  const until = async (msg: string, isIt: (line: LogLine) => boolean) => {
    const line = await guard.log().until((each) => each.msg === msg && isIt(each), `${msg} of exit ${exitId}`)
    return line.time ?? Number.NaN
  }
  const named = (field: string) => (line: LogLine) => String(line[field]).includes(exitId.toString())
  return {
    emitted: await until('event emitted', named('exit_id')),
    sent: await until('transaction sent', named('key')),
    ended: await until('answer ended', named('exitId')),
  }
}

/** From the block with all exits being served to the last challenge being accepted, and being known to be mined. */
async function measureBurst(world: World, spent: readonly Spent[], tell: (text: string) => void) {
  const { mallory, time } = world
  await time.stand()
  const sent: { coin: Deposited; hash: Hex }[] = []
  for (const { coin } of spent) {
    const call = await mallory.startStandardExitCall(coin)
    sent.push({ coin, hash: await mallory.wallet.send({ ...call, gas: 500_000n }) })
  }
  await time.mine()
  const started = Date.now()
  await time.go()
  const exits = await Promise.all(
    sent.map(async ({ coin, hash }) => exitStarted(coin, await mallory.wallet.mined(hash))),
  )
  const blocks = new Set(exits.map(({ receipt }) => receipt.blockNumber))
  if (blocks.size !== 1) throw new Error(`The exits were started in ${blocks.size} blocks.`)
  tell(`${exits.length} exits are started in one block`)
  const times = await Promise.all(exits.map(({ exitId }) => timesOf(world, exitId)))
  return {
    accepted: Math.max(...times.map((each) => each.sent)) - started,
    ended: Math.max(...times.map((each) => each.ended)) - started,
  }
}
