import { join } from 'node:path'
import type { Address } from '../../src/plasma/units.ts'
import type { Actor } from '../actor.ts'
import { gatherPeople, type Person } from '../actor-network.ts'
import type { Payment } from '../actor-payment.ts'
import { startDevnetChain, type DevnetChain } from '../devnet-chain.ts'
import type { Generation } from '../mesg/double.ts'
import type { Operator } from '../operator/operator.ts'
import { type RunningOperator, startOperator } from '../operator/start.ts'
import { connect, type Contracts, type RootChainClient } from '../wallet.ts'
import type { Ends } from './ends.ts'
import { type Gate, openGate } from './gate.ts'
import { createGuard, type Guard } from './guard.ts'
import { type GuardAccount, openGuardAccount } from './guard-account.ts'
import { type GuardSettings, type Programs, startPrograms } from './programs.ts'
import { startHeadClock } from './head-clock.ts'
import type { OpenStage } from './runner.ts'
import type { Mode } from './scenario.ts'
import { createTime, type Time } from './time.ts'

/** A fresh chain with a plasma network on it, people, an operator, and a guard that a story starts. */
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
  /** The guard's account, as a person: what it sends to the root chain, it sends before the guard is started. */
  owner: Actor
  /** The guard's way to the root chain. */
  gate: Gate
  /** Starts the guard, and in `remote` mode the Watcher before it. Stories usually begin with it. */
  startGuard: (settings?: GuardSettings) => Promise<void>
  /** Hands signed transactions over to the guard, whose owner does not trust the operator with them alone. */
  remember: (...payments: readonly Payment[]) => Promise<void>
  /** What the story itself opens is closed with the rest. */
  ends: Ends
  tell: (text: string) => void
}

/** How every world is made. */
type Making = {
  /** Where what the programs under test print is kept, if anywhere. */
  logDirectory?: string
  /** The MESG engine that runs the processes; the embedded one, when it is not given. */
  engine?: Generation
}

/** Opens a world of its own for each scenario. */
export function worldOpener(making: Making): OpenStage<World> {
  return (opening) => openWorld(opening, making)
}

async function openWorld(
  { scenario, mode, ends, signal, tell }: Parameters<OpenStage<World>>[0],
  { logDirectory, engine }: Making,
): ReturnType<OpenStage<World>> {
  const { chain, deployment } = await openChain(ends)
  const running = await openOperator({ chain, deployment }, ends)
  const gate = await openGate(chain.url)
  ends.add('the gate', gate.close)
  const client = connect(chain.url)
  const clock = startHeadClock(client)
  ends.add('the clock', clock.stop)
  const { guard: owner, ...others } = peopleOf({ chain, deployment }, running)
  const programs = {
    ...{ mode, ends, signal, chainUrl: chain.url, gateUrl: gate.url, operatorUrl: running.url },
    ...{ framework: deployment.framework, privateKey: deployment.accounts.guard.privateKey },
    ...(engine && { engine }),
    ...(logDirectory !== undefined && { logs: join(logDirectory, `${scenario.name}-${mode}`) }),
  }
  let account: GuardAccount | undefined
  let atWork: Programs | undefined
  const guard = createGuard({
    process: () => started(atWork).guard,
    account: () => started(account),
    client,
    clock,
    signal,
  })
  const world: World = {
    ...{ ...others, owner, mode, client, guard, gate, ends, tell },
    time: createTime(chain.url, client),
    contracts: deployment,
    token: deployment.token,
    minExitPeriod: deployment.minExitPeriodSeconds,
    operator: running.operator,
    startGuard: async (settings = {}) => {
      account ??= await openGuardAccount(client, owner.address)
      atWork = await startPrograms(programs, settings)
      tell('the guard is at work')
    },
    remember: async (...payments) => {
      await started(atWork).remember(payments.map(({ bytes }) => bytes))
      tell(`the guard remembers ${payments.length} transactions`)
    },
  }
  return { world, findings: guard.findings }
}

async function openChain(ends: Ends): Promise<DevnetChain> {
  const devnet = await startDevnetChain()
  ends.add('the chain', devnet.chain.stop)
  return devnet
}

async function openOperator({ chain, deployment }: DevnetChain, ends: Ends): Promise<RunningOperator> {
  const { framework, accounts } = deployment
  const authority = accounts.authority.privateKey
  const running = await startOperator({ rootChain: chain.url, framework, authority, port: 0, control: false })
  ends.add('the operator', running.close)
  return running
}

function peopleOf({ chain, deployment }: DevnetChain, { operator, url }: RunningOperator) {
  const { token, accounts } = deployment
  const leaves = (blknum: bigint) => Promise.resolve(leavesOf(operator, blknum))
  return gatherPeople({ url: chain.url, contracts: deployment, token, accounts, operatorUrl: url, leaves })
}

function leavesOf(operator: Operator, blknum: bigint): readonly Uint8Array[] {
  return operator.block(blknum)?.transactions.map(({ transaction }) => transaction.raw) ?? []
}

function started<Part>(part: Part | undefined): Part {
  if (!part) throw new Error('The story has not started the guard.')
  return part
}
