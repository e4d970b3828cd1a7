import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Address } from '../../src/plasma/units.ts'
import type { Actor } from '../actor.ts'
import { gatherPeople, type Person } from '../actor-network.ts'
import { startDevnetChain } from '../devnet-chain.ts'
import type { Operator } from '../operator/operator.ts'
import { startOperator } from '../operator/start.ts'
import { connect, type Contracts, type RootChainClient } from '../wallet.ts'
import type { Child } from './child.ts'
import type { Ends } from './ends.ts'
import { type Gate, openGate } from './gate.ts'
import { createGuard, type Guard } from './guard.ts'
import { type GuardFile, startGuard, startWatcher } from './guard-process.ts'
import { startHeadClock } from './head-clock.ts'
import type { OpenStage } from './runner.ts'
import type { Mode } from './scenario.ts'
import { createTime, type Time } from './time.ts'

/** What differs from the usual guard of the drill. */
export type GuardSettings = {
  /** A Watcher that the drill itself serves, instead of the real one. */
  watcherUrl?: string
  mode?: GuardFile['mode']
  childChain?: Partial<NonNullable<GuardFile['childChain']>>
}

/** A fresh chain with a plasma network on it, people, an operator, and a guard at work. */
export type World = Readonly<Record<Exclude<Person, 'guard'>, Actor>> & {
  mode: Mode
  time: Time
  client: RootChainClient
  contracts: Contracts
  token: Address
  /** Seconds. */
  minExitPeriod: bigint
  operator: Operator
  guard: Guard
  /** The guard's account, as a person. */
  owner: Actor
  /** The guard's way to the root chain. */
  gate: Gate
  /** Starts the guard, and in `remote` mode the Watcher before it. Stories usually begin with it. */
  startGuard: (settings?: GuardSettings) => Promise<void>
  /** What the story itself opens is closed with the rest. */
  ends: Ends
  tell: (text: string) => void
}

type Opening = Parameters<OpenStage<World>>[0]

/** Opens a world of its own for one scenario: chain, contracts, operator, people. The guard waits to be started. */
export const openWorld: OpenStage<World> = async ({ mode, ends, signal, tell }) => {
  const { chain, deployment } = await startDevnetChain()
  ends.add('the chain', chain.stop)
  const { framework, token, accounts } = deployment
  const running = await startOperator({
    rootChain: chain.url,
    framework,
    authority: accounts.authority.privateKey,
    port: 0,
    control: false,
  })
  ends.add('the operator', running.close)
  const gate = await openGate(chain.url)
  ends.add('the gate', gate.close)
  const client = connect(chain.url)
  const clock = startHeadClock(client)
  ends.add('the clock', clock.stop)

  const { guard: owner, ...others } = gatherPeople({
    url: chain.url,
    contracts: deployment,
    token,
    accounts,
    operatorUrl: running.url,
    leaves: (blknum) => leavesOf(running.operator, blknum),
  })
  let process: Child | undefined
  const guard = await createGuard({ address: owner.address, process: () => started(process), client, clock, signal })
  const processes = {
    chainUrl: chain.url,
    gate,
    framework,
    operatorUrl: running.url,
    key: accounts.guard.privateKey,
    mode,
    ends,
    signal,
  }
  const world: World = {
    ...others,
    owner,
    mode,
    time: createTime(chain.url, client),
    client,
    contracts: deployment,
    token,
    minExitPeriod: deployment.minExitPeriodSeconds,
    operator: running.operator,
    guard,
    gate,
    startGuard: async (settings = {}) => {
      process = await startProcesses(processes, settings)
      tell('the guard is at work')
    },
    ends,
    tell,
  }
  return { world, findings: guard.findings }
}

type Processes = Pick<Opening, 'mode' | 'ends' | 'signal'> & {
  chainUrl: string
  gate: Gate
  framework: Address
  operatorUrl: string
  key: `0x${string}`
}

/** The programs under test, each in a folder of its own. */
async function startProcesses({ ends, signal, ...at }: Processes, settings: GuardSettings): Promise<Child> {
  const folder = await mkdtemp(join(tmpdir(), 'plasma-guard-drill-'))
  ends.add('the folder', () => rm(folder, { recursive: true, force: true }))
  const rootChainBy = (url: string) => ({ urls: [url], plasmaFramework: at.framework })
  const childChain = { url: at.operatorUrl, ...settings.childChain }
  let source: Pick<GuardFile, 'watcher' | 'childChain'> = { childChain }
  if (at.mode === 'remote') {
    const home = { directory: join(folder, 'watcher'), signal, ends }
    const url = settings.watcherUrl ?? (await startWatcher(home, { rootChain: rootChainBy(at.chainUrl), childChain }))
    source = { watcher: { url } }
  }
  const home = { directory: join(folder, 'guard'), signal, ends }
  return startGuard(home, { rootChain: rootChainBy(at.gate.url), ...source, mode: settings.mode ?? 'defend' }, at.key)
}

function started(process: Child | undefined): Child {
  if (!process) throw new Error('The story has not started the guard.')
  return process
}

function leavesOf(operator: Operator, blknum: bigint): Promise<readonly Uint8Array[]> {
  const block = operator.block(blknum)
  return Promise.resolve(block ? block.transactions.map(({ transaction }) => transaction.raw) : [])
}
