import { readDeployment } from '../chain/deployment.ts'
import { createExitGameReader } from '../chain/exit-game.ts'
import { createNodes } from '../chain/nodes.ts'
import { createChainAccess } from '../chain/transactions.ts'
import type { Config } from '../config.ts'
import type { Condition } from '../exit-game/condition.ts'
import { GuardError } from '../lib/errors.ts'
import type { Logger } from '../lib/logger.ts'
import { createOnce } from '../lib/once.ts'
import { sleep } from '../lib/sleep.ts'
import type { Timestamp, Wei } from '../plasma/units.ts'
import type { Database } from '../store/database.ts'
import { createTransactionArchive } from '../store/transaction-archive.ts'
import type { Bonds, World } from '../tasks/task.ts'
import type { ChainAccess } from '../tx/chain-access.ts'
import { compose } from './compose.ts'
import { createSending } from './sending.ts'
import { assertHeld, loadSigners } from './signers.ts'
import { openVerificationBeside } from './verification-beside.ts'
import type { Snapshot } from '../watcher/snapshot.ts'

export type Surroundings = { database: Database; log: Logger; signal: AbortSignal; progress: (text: string) => void }

/** What contracts and market ask for now, on the root chain's clock. */
type Prices = { bonds: Bonds; feePerGas: Wei; now: Timestamp }

/** What a person needs to answer, or to leave, without a daemon. */
export type Hand = {
  world: World
  leaving: ReturnType<typeof compose>['leaving']
  chain: ChainAccess
  prices: () => Promise<Prices>
  /** What is true at the newest head, in the words of every way of seeing that sees anything. */
  conditions: () => Promise<readonly Condition[]>
  /** Takes up transactions that were under way when a program last ended. */
  resume: () => Promise<void>
  /** Resolves when nothing is looked at any more, after the signal. */
  ended: Promise<void>
}

/**
 * Opens what a single command needs, and waits until our own verification, where there is one, knows both chains. A
 * person decides, so everything is allowed that the mode `defend-and-exit` allows.
 *
 * @throws {@link NoKeyError}, and whatever a configuration that cannot work throws.
 */
export async function openByHand(given: Config, surroundings: Surroundings): Promise<Hand> {
  const { database, log, signal, progress } = surroundings
  const config: Config = { ...given, mode: 'defend-and-exit' }
  const signers = await loadSigners(config.accounts)
  if (signers.length === 0) throw new NoKeyError()
  await assertHeld(signers)
  const nodes = createNodes(config.rootChain)
  const { pool, agreed: node } = nodes
  const deployment = await readDeployment(node, config.rootChain.plasmaFramework)
  const archive = createTransactionArchive(database)
  const sending = createSending(config, { node, deployment, signers, database, log }, signal)
  const verification = await openVerificationBeside(config, { node: pool, deployment, archive, log, progress })
  const { world, leaving, sights, rootChain } = compose(config, {
    ...{ nodes, deployment, archive, signers, verification, log },
    submit: sending.submit,
    answered: async () => {},
    deadlineOf: () => undefined,
    raise: (alarm) => raise(alarm),
  })
  const isNew = createOnce()
  const raise: World['raise'] = ({ message }) => {
    if (isNew(message)) log.warn({}, message)
    return Promise.resolve()
  }
  const seen = new Map<string, readonly Condition[]>()
  const pin = async (source: string, conditions: readonly Condition[]) => {
    seen.set(source, conditions)
    return Promise.resolve()
  }
  const ended = run(
    sights.run({ pin, alarms: { raise, standing: () => [], lower: () => Promise.resolve() } }, signal),
    log,
  )
  if (verification) await caughtUp(verification, signal, progress)
  return {
    ...{ world, leaving, ended },
    chain: createChainAccess(node),
    resume: sending.resume,
    prices: async () => ({
      bonds: await createExitGameReader(node, deployment).bonds(),
      feePerGas: await leaving.feePerGas(),
      now: (await rootChain.head()).timestamp,
    }),
    conditions: async () => {
      await everyoneSees(seen, sights.order, signal)
      return sights.order.flatMap((source) => seen.get(source) ?? [])
    },
  }
}

const LOOK_MS = 250
const REPORT_EVERY = 20
/** A Watcher that does not answer for so long is not waited for. */
const LONGEST_LOOKS = 120

async function run(seeing: Promise<void>, log: Logger): Promise<void> {
  try {
    await seeing
  } catch (error) {
    log.error({ err: error }, 'the chain cannot be verified')
  }
}

type Verifying = { snapshot: () => Snapshot | undefined; blindness: () => string | undefined }

async function caughtUp(
  verification: Verifying,
  signal: AbortSignal,
  progress: Surroundings['progress'],
): Promise<void> {
  for (let looks = 0; !verification.snapshot() && !signal.aborted; looks++) {
    if (looks % REPORT_EVERY === 0) progress(`verifying both chains: ${verification.blindness() ?? 'almost there'}`)
    await sleep(LOOK_MS, signal)
  }
  const snapshot = verification.snapshot()
  if (snapshot) progress(`verified: ${placeOf(snapshot)}`)
}

function placeOf({ head, childChain: { validated } }: Snapshot): string {
  return `root chain block ${head.number}, ${validated ? `child block ${validated.blknum}` : 'no child block'}`
}

/** @throws {@link NobodySeesError} */
async function everyoneSees(
  seen: ReadonlyMap<string, unknown>,
  order: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  for (let looks = 0; looks < LONGEST_LOOKS && !signal.aborted; looks++) {
    if (order.every((source) => seen.has(source))) return
    await sleep(LOOK_MS, signal)
  }
  if (seen.size === 0) throw new NobodySeesError()
}

/** There is no account to send with. */
class NoKeyError extends GuardError {
  override readonly code = 'NO_KEY'

  constructor() {
    super(
      'Set accounts: a transaction needs the key of one of your accounts, and only the owner of an output can exit it.',
    )
  }
}

/** Neither our own verification nor a Watcher says what is wrong. */
class NobodySeesError extends GuardError {
  override readonly code = 'NOBODY_SEES'
  override readonly retryable = true

  constructor() {
    super('Nobody says what is wrong on the chain: neither our own verification nor a Watcher answers now.')
  }
}
