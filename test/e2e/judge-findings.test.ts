import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { createRootChain } from '../../src/chain/root-chain.ts'
import { readDeployment } from '../../src/chain/deployment.ts'
import { createNode } from '../../src/chain/node.ts'
import type { Condition, ConditionType } from '../../src/exit-game/condition.ts'
import { exitCalls } from './exit-game-exits.ts'
import type { Coin, Included, Payment } from './exit-game-coins.ts'
import { openStage, type Stage } from './exit-game-stage.ts'
import { answerTo, factsFrom, judgeFacts } from './judge-on-chain.ts'

// Only against hanging: the first start compiles the contracts.
jest.setTimeout(300_000)

let stage: Stage
let calls: ReturnType<typeof exitCalls>
let rootChain: ReturnType<typeof createRootChain>
let start: string
let blocks: Map<bigint, readonly Payment[]>

beforeAll(async () => {
  stage = await openStage()
  calls = exitCalls(stage)
  const node = createNode({ urls: [stage.chain.url] })
  rootChain = createRootChain({ node, deployment: await readDeployment(node, stage.deployment.framework) })
})
afterAll(() => stage.close())
beforeEach(async () => {
  start = await stage.snapshot()
  blocks = new Map()
})
afterEach(() => stage.revert(start))

/** How Mallory's transaction looks: which of how many coins she cheats with, and which of them are of a token. */
type Shape = { coins: number; at: number; tokens: readonly number[] }

const shapes: readonly Shape[] = [
  { coins: 1, at: 0, tokens: [] },
  { coins: 2, at: 1, tokens: [1] },
  { coins: 4, at: 2, tokens: [0, 3] },
]

async function coinsOf({ coins, tokens }: Shape): Promise<Coin[]> {
  const owned: Coin[] = []
  for (let at = 0; at < coins; at++) {
    owned.push(await stage.deposit('mallory', BigInt(at + 2), tokens.includes(at) ? stage.deployment.token : undefined))
  }
  return owned
}

const toHerself = (coins: readonly Coin[]) =>
  coins.map(({ amount, currency }) => ({ to: 'mallory' as const, amount, currency }))

function toBob(coin: Coin): Payment {
  return stage.pay([coin], { to: 'bob', amount: coin.amount, currency: coin.currency })
}

async function include(...payments: Payment[]): Promise<Included[]> {
  const blknum = (await stage.ask('nextChildBlock', [], 'framework')) as bigint
  blocks.set(blknum, payments)
  return stage.include(...payments)
}

async function look() {
  const head = await rootChain.head()
  const { events, unreadable } = await rootChain.events(0n, head.number)
  expect(unreadable).toEqual([])
  const facts = factsFrom(events, { blocks, framework: stage.deployment.framework })
  return { facts, conditions: judgeFacts(facts, head) }
}

/** Mallory's ways, each with what must be found. Every one begins with her coins. */
const ways: Record<string, { finds: ConditionType; cheat: (coins: Coin[], target: number) => Promise<unknown> }> = {
  'exits a coin that a block has spent': {
    finds: 'invalid_exit',
    cheat: async (coins, target) => {
      const coin = chosen(coins, target)
      await include(stage.pay(coins, ...toHerself(coins)))
      await calls.startStandardExit(coin)
    },
  },
  'exits the coin of her in-flight transaction': {
    finds: 'invalid_exit',
    cheat: async (coins, target) => {
      await calls.startInFlightExit(stage.pay(coins, ...toHerself(coins)))
      await calls.startStandardExit(chosen(coins, target))
    },
  },
  'hides a competitor in a block': {
    finds: 'noncanonical_ife',
    cheat: async (coins, target) => {
      await include(toBob(chosen(coins, target)))
      await calls.startInFlightExit(stage.pay(coins, ...toHerself(coins)))
    },
  },
  'hides a competitor in no block': {
    finds: 'noncanonical_ife',
    cheat: async (coins, target) => {
      await calls.startInFlightExit(toBob(chosen(coins, target)))
      await calls.startInFlightExit(stage.pay(coins, ...toHerself(coins)))
    },
  },
  'piggybacks an input that she has paid away': {
    finds: 'invalid_piggyback',
    cheat: async (coins, target) => {
      const own = stage.pay(coins, ...toHerself(coins))
      await calls.startInFlightExit(own)
      await calls.piggybackOnInput(own, target)
      await include(toBob(chosen(coins, target)))
    },
  },
  'piggybacks an output that she has paid away': {
    finds: 'invalid_piggyback',
    cheat: async (coins, target) => {
      const [own] = await include(stage.pay(coins, ...toHerself(coins)))
      if (!own) throw new Error('nothing included')
      await include(toBob(chosen([...own.coins], target)))
      await calls.startInFlightExit(own)
      await calls.piggybackOnOutput(own, target)
    },
  },
  'denies that a transaction is in a block': {
    finds: 'invalid_ife_challenge',
    cheat: async (coins, target) => {
      const own = stage.pay(coins, ...toHerself(coins))
      await calls.startInFlightExit(own)
      await calls.challengeNotCanonical({ inFlight: own, competitor: toBob(chosen(coins, target)) }, { by: 'mallory' })
      await include(own)
    },
  },
}

function chosen(coins: readonly Coin[], target: number): Coin {
  const coin = coins[target]
  if (!coin) throw new Error(`no coin ${target}`)
  return coin
}

/** What somebody can answer now. */
function accusations(conditions: readonly Condition[]): Condition[] {
  return conditions.filter(({ type }) => answerTo[type] !== undefined)
}

describe.each(Object.entries(ways))('Mallory %s', (_name, { finds, cheat }) => {
  test.each(shapes.map((shape) => [`${shape.at} of ${shape.coins}`, shape] as const))(
    'with coin %s: it is found, and the contracts accept what is found',
    async (_which, shape) => {
      await cheat(await coinsOf(shape), shape.at)
      const { facts, conditions } = await look()
      expect(conditions.map(({ type }) => type)).toContain(finds)
      for (const condition of accusations(conditions)) {
        const call = answerTo[condition.type]?.(condition, facts, {
          framework: stage.deployment.framework,
          sender: stage.accounts.guard.address,
        })
        if (call) await stage.act('guard', { name: call.functionName, args: call.args })
      }
      expect(accusations((await look()).conditions)).toEqual([])
    },
  )
})
