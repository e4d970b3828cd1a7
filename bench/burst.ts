import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { privateKeyToAccount } from 'viem/accounts'
import { gatherPeople } from '../devnet/actor-network.ts'
import type { Actor } from '../devnet/actor.ts'
import { startDevnetChain } from '../devnet/devnet-chain.ts'
import { createEnds, type Ends } from '../devnet/drill/ends.ts'
import { startGuard } from '../devnet/drill/guard-process.ts'
import { exitMany, type ManyExits, spendMany, type SpentCoin, unchallenged } from '../devnet/drill/many-exits.ts'
import { createTime } from '../devnet/drill/time.ts'
import { startOperator } from '../devnet/operator/start.ts'
import { connect } from '../devnet/wallet.ts'
import { toHex } from '../src/lib/bytes.ts'
import { bareAsk } from './bare-calls.ts'
import type { Bench } from './bench.ts'

const EXITS = 1_000
const BLOCKS = 10
/** In one block, with a block a second after it. */
const FEW = 10
/** Raised, so that what the guard does is measured and not what a block holds. */
const GAS_LIMIT = 300_000_000
const CHALLENGE_GAS = 250_000n
const LOOK_EVERY_MS = 25

/** A thousand invalid exits in ten blocks, answered from one account, beside the same number of challenges sent bare. */
export const burst: Bench = async ({ print, tell }) => {
  const ends = createEnds()
  try {
    const network = await openNetwork(ends)
    const floor = await measureFloor(network, await spendMany(network, EXITS))
    tell(`${EXITS} challenges sent bare were mined after ${floor.toFixed(1)} s`)
    const few = await spendMany(network, FEW)
    const many = await spendMany(network, EXITS)
    const guard = await guardAtWork(network, ends)

    const started = await network.time.now()
    const first = await measure(network, await exitMany(network, few, { blocks: 1 }), 0)
    const blockTime = (await network.time.now()) - started
    print({ metric: `exitsInOneBlock.${FEW}.mined`, value: first.afterLast, unit: 's' })
    print({ metric: `exitsInOneBlock.${FEW}.blockTime`, value: Number(blockTime), unit: 's' })

    const { afterFirst, afterLast } = await measure(network, await exitMany(network, many, { blocks: BLOCKS }), FEW)
    const gas = `gasLimit.${GAS_LIMIT}`
    const name = `exitsInTenBlocks.${EXITS}.${gas}`
    print({ metric: `${name}.minedAfterLastExit`, value: afterLast, unit: 's', floor, ratio: afterLast / floor })
    print({ metric: `${name}.minedAfterFirstExit`, value: afterFirst, unit: 's' })
    print({ metric: `${name}.peakMemory`, value: guard.peakMemory(), unit: 'MiB' })
  } finally {
    await ends.run()
  }
}

async function openNetwork(ends: Ends) {
  const { chain, deployment } = await startDevnetChain({ gasLimit: GAS_LIMIT })
  ends.add('the chain', chain.stop)
  const { framework, accounts, token } = deployment
  const authority = accounts.authority.privateKey
  const { operator, url, close } = await startOperator({
    ...{ rootChain: chain.url, framework, authority, port: 0, control: false },
  })
  ends.add('the operator', close)
  const leaves = (blknum: bigint) =>
    Promise.resolve(operator.block(blknum)?.transactions.map(({ transaction }) => transaction.raw) ?? [])
  const people = gatherPeople({ url: chain.url, contracts: deployment, token, accounts, operatorUrl: url, leaves })
  const client = connect(chain.url)
  return { ...people, chain, deployment, operator, operatorUrl: url, client, time: createTime(chain.url, client) }
}

type Network = Awaited<ReturnType<typeof openNetwork>>

async function guardAtWork({ chain, deployment, operatorUrl }: Network, ends: Ends) {
  const directory = await mkdtemp(join(tmpdir(), 'plasma-guard-burst-'))
  ends.add('the folder', () => rm(directory, { recursive: true, force: true }))
  const { framework, accounts } = deployment
  const guard = await startGuard(
    { directory, ends, signal: new AbortController().signal },
    { rootChain: { urls: [chain.url], plasmaFramework: framework }, childChain: { url: operatorUrl } },
    { privateKey: accounts.guard.privateKey },
  )
  const pid = Number(guard.lines.find(({ msg }) => msg === 'guard started')?.['pid'])
  return {
    /** MiB, as Linux counts what is resident. */
    peakMemory: () => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024,
  }
}

/** Seconds until every exit is challenged by the guard in a block; throws when it has sent anything more. `before`: its nonce. */
async function measure(network: Network, { exits, firstAt, lastAt }: ManyExits, before: number) {
  const { client, guard, time } = network
  const mined = () => client.getTransactionCount({ address: guard.address })
  while ((await mined()) < before + exits.length) await pause(LOOK_EVERY_MS)
  const now = performance.now()
  await time.blocks(3)
  const open = await unchallenged(network, exits)
  if (open > 0) throw new Error(`${open} exits are not challenged.`)
  const known = await client.getTransactionCount({ address: guard.address, blockTag: 'pending' })
  if (known !== before + exits.length) throw new Error(`The guard has sent ${known - before} transactions.`)
  return { afterFirst: (now - firstAt) / 1_000, afterLast: (now - lastAt) / 1_000 }
}

/** Seconds from the last exit's block to the last challenge in a block, where all are signed beforehand. */
async function measureFloor(network: Network, spent: readonly SpentCoin[]): Promise<number> {
  const { carol, client, chain } = network
  const { exits } = await exitMany(network, spent, { blocks: BLOCKS })
  const signed = await signAll(network, carol, { exits, spent })
  const ask = bareAsk(chain.url)
  const before = await client.getTransactionCount({ address: carol.address })
  const began = performance.now()
  for (const raw of signed) await ask('eth_sendRawTransaction', [raw])
  while ((await client.getTransactionCount({ address: carol.address })) < before + signed.length)
    await pause(LOOK_EVERY_MS)
  const seconds = (performance.now() - began) / 1_000
  ask.close()
  if ((await unchallenged(network, exits)) > 0) throw new Error('A bare challenge had no effect.')
  return seconds
}

type Cheated = { exits: ManyExits['exits']; spent: readonly SpentCoin[] }

async function signAll({ client }: Network, person: Actor, { exits, spent }: Cheated) {
  const account = privateKeyToAccount(toHex(person.signer.privateKey))
  const [chainId, nonce, fees] = await Promise.all([
    client.getChainId(),
    client.getTransactionCount({ address: person.address }),
    client.estimateFeesPerGas(),
  ])
  const price = { maxFeePerGas: 2n * fees.maxFeePerGas, maxPriorityFeePerGas: fees.maxPriorityFeePerGas }
  return Promise.all(
    spent.map(({ payment }, at) => {
      const exit = exits[at]
      if (!exit) throw new Error('There are fewer exits than coins.')
      const { to, data } = person.challengeStandardExitCall(exit, payment)
      return account.signTransaction({ chainId, nonce: nonce + at, to, data, gas: CHALLENGE_GAS, ...price })
    }),
  )
}
