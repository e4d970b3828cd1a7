import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { OpenRoutes } from '../api/control-route.ts'
import type { Node } from '../chain/node.ts'
import { quantity } from '../chain/shapes.ts'
import { signs, type Config } from '../config.ts'
import type { People } from '../events/alarm.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Meter } from '../metrics/meter.ts'
import type { Reading } from '../metrics/reading.ts'
import type { Address, Wei } from '../plasma/units.ts'
import type { World } from '../tasks/task.ts'
import type { Duties } from './duties.ts'
import type { Gate } from './gate.ts'
import { createUnreadiness, type Unreadiness } from './readiness.ts'
import type { Sight } from './sight.ts'
import type { Verification } from './verification.ts'

type Parts = {
  sights: readonly Pick<Sight, 'name' | 'blindness'>[]
  duties: Duties
  head: () => Promise<{ number: bigint }>
  feePerGas: () => Promise<Wei>
  node: Pick<Node, 'ask'>
  signers: readonly { address: Address }[]
  gate: Pick<Gate, 'state'>
  pending: () => Promise<number>
  verification: Pick<Verification, 'snapshot'> | undefined
  metrics: Metrics
}

/** How the guard stands, for programs that watch it: whether it is ready, and the routes that say so to anybody. */
export function openMeasuring(config: Config, parts: Parts): { unreadiness: Unreadiness; open: OpenRoutes } {
  const { metrics, gate } = parts
  const isPaused = () => gate.state().state !== 'open'
  const balances = createBalances(parts)
  const canPay = async () => {
    if (!signs(config.mode)) return true
    const [owned, fee] = await Promise.all([balances(), parts.feePerGas()])
    return Object.values(owned).some((balance) => balance >= GAS_OF_AN_ANSWER * fee)
  }
  const unreadiness = createUnreadiness({ sights: parts.sights, canPay, isPaused })
  const read = async (): Promise<Reading> => ({
    blind: Object.fromEntries(parts.sights.map(({ name, blindness }) => [name, blindness() !== undefined])),
    ready: (await unreadiness()).length === 0,
    paused: isPaused(),
    ...childChainOf(parts),
    ...(await known('obligations', parts.duties.list())),
    ...(await known('rootChain', rootChainOf(parts))),
    ...(await known('pending', parts.pending())),
    ...(await known('balances', balances())),
    storeBytes: sizesOf(config.data),
  })
  return {
    unreadiness,
    open: {
      'GET /metrics': async () => ({ status: 200, ...(await metrics.expose(read)) }),
      'GET /healthz': () => Promise.resolve(text(200, ['ok'])),
      'GET /readyz': async () => {
        const because = await unreadiness()
        return because.length === 0 ? text(200, ['ready']) : text(503, because)
      },
    },
  }
}

/** What the dearest challenge takes, with room. */
const GAS_OF_AN_ANSWER = 600_000n

function text(status: number, lines: readonly string[]) {
  return { status, type: 'text/plain; charset=utf-8', body: `${lines.join('\n')}\n` }
}

/** What fails hides itself, and nothing else. */
async function known<Name extends keyof Reading>(
  name: Name,
  asked: Promise<Reading[Name]>,
): Promise<Pick<Reading, Name> | object> {
  try {
    return { [name]: await asked }
  } catch {
    return {}
  }
}

function createBalances({ node, signers }: Pick<Parts, 'node' | 'signers'>) {
  return async () =>
    Object.fromEntries(
      await Promise.all(
        signers.map(async ({ address }): Promise<[string, bigint]> => [
          address,
          await node.ask('eth_getBalance', [address, 'latest'], quantity),
        ]),
      ),
    )
}

async function rootChainOf({ head, duties }: Pick<Parts, 'head' | 'duties'>): Promise<Reading['rootChain']> {
  const { number: height } = await head()
  const judged = duties.judged()
  return { height, ...(judged === undefined ? {} : { judged }) }
}

function childChainOf({ verification }: Pick<Parts, 'verification'>): Pick<Reading, 'childChain'> {
  const snapshot = verification?.snapshot()
  if (!snapshot) return {}
  const { mined, validated, byzantineSince } = snapshot.childChain
  return {
    childChain: {
      ...(mined && { submitted: mined.blknum }),
      ...(validated && { verified: validated.blknum }),
      byzantine: byzantineSince !== undefined,
    },
  }
}

function sizesOf(directory: string): Record<string, number> {
  const files = readdirSync(directory).filter((name) => /\.sqlite(-wal)?$/.test(name))
  const sizes = files.map((name): [string, number] => [
    name,
    statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0,
  ])
  return Object.fromEntries(sizes)
}

/** Counts and times what is submitted, and asks afterwards what it has cost; neither the answer nor its end waits. */
export function measured(submit: World['submit'], meter: Meter, node: Pick<Node, 'ask'>): World['submit'] {
  const paid = new Set<string>()
  return async (intent) => {
    const started = performance.now()
    const outcome = await submit(intent)
    const { purpose } = intent
    meter.answered({ purpose, outcome: outcome.outcome, seconds: (performance.now() - started) / 1_000 })
    const { txHash } = outcome
    if (txHash !== undefined && !paid.has(txHash)) {
      paid.add(txHash)
      const count = ({ gasUsed, effectiveGasPrice }: z.output<typeof receipt>) => {
        meter.paid(purpose, gasUsed * effectiveGasPrice)
      }
      void node.ask('eth_getTransactionReceipt', [txHash], receipt).then(count, () => {})
    }
    return outcome
  }
}

const receipt = z.object({ gasUsed: quantity, effectiveGasPrice: quantity })

/** Counts what people are told of. */
export function counted(people: People, meter: Meter): People {
  return {
    lowered: people.lowered,
    raised: (alarm) => {
      meter.alarmed(alarm.kind, alarm.level)
      return people.raised(alarm)
    },
  }
}
