import { readDeployment } from '../chain/deployment.ts'
import { createExitGameReader } from '../chain/exit-game.ts'
import { createNode } from '../chain/node.ts'
import { createRemoteWatcher } from '../chain/remote-watcher.ts'
import { createRootChain } from '../chain/root-chain.ts'
import type { Config } from '../config.ts'
import { formatOccurrence } from '../events/identity.ts'
import type { ExitPlan } from '../exit-game/exit-plan.ts'
import { GuardError } from '../lib/errors.ts'
import type { Logger } from '../lib/logger.ts'
import { sleep } from '../lib/sleep.ts'
import { createLeaving } from './leaving.ts'
import { createOwnWitness } from './own-witness.ts'
import type { Timestamp, Wei } from '../plasma/units.ts'
import { createRemoteWitness } from './remote-witness.ts'
import { createSending } from './sending.ts'
import { loadSigners, responderOf } from './signers.ts'
import type { Database } from '../store/database.ts'
import { createTransactionArchive } from '../store/transaction-archive.ts'
import { orderInFlight } from '../tasks/exit-wire.ts'
import { outcomeOf, type ExitOutcome } from '../tasks/exit-outcomes.ts'
import { joinExit } from '../tasks/join-exit.ts'
import { startInFlightExits } from '../tasks/start-in-flight-exit.ts'
import { startStandardExits } from '../tasks/start-standard-exit.ts'
import type { Bonds, World } from '../tasks/task.ts'
import { openVerificationBeside } from './verification-beside.ts'
import type { Snapshot } from '../watcher/snapshot.ts'
import type { Watcher } from '../watcher/watcher.ts'
import { createWorld } from './world.ts'

type Surroundings = { database: Database; log: Logger; signal: AbortSignal; progress: (text: string) => void }

/** Leaving as a person commands it, without a daemon. */
export type Departure = {
  plan: () => Promise<ExitPlan>
  prices: () => Promise<{ bonds: Bonds; feePerGas: Wei; now: Timestamp }>
  /** Does what a plan says, once. Nothing is done twice, whatever was done before. */
  carryOut: (plan: ExitPlan) => Promise<readonly ExitOutcome[]>
  /** Takes up transactions that were under way when the program last ended. */
  resume: () => Promise<void>
  /** Resolves when nothing is looked at any more, after the signal. */
  ended: Promise<void>
}

/**
 * Opens what leaving by hand needs, and waits until our own verification, where there is one, knows both chains.
 *
 * @throws {@link NobodyToLeaveError}, and whatever a configuration that cannot work throws.
 */
export async function openDeparture(config: Config, surroundings: Surroundings): Promise<Departure> {
  const { database, log, signal, progress } = surroundings
  const signers = await loadSigners(config.accounts)
  if (signers.length === 0) throw new NobodyToLeaveError()
  const node = createNode(config.rootChain)
  const deployment = await readDeployment(node, config.rootChain.plasmaFramework)
  const rootChain = createRootChain({ node, deployment })
  const archive = createTransactionArchive(database)
  const own = new Set(signers.map(({ address }) => address))
  const verification = await openVerificationBeside(config, { node, deployment, archive, log, progress })
  const byHand: Config = { ...config, mode: 'defend-and-exit' }
  const leaving = createLeaving(byHand, { node, deployment, archive, own, verification })
  const sending = createSending(
    byHand,
    { node, deployment, signers, responder: responderOf(own), database, log },
    signal,
  )
  const world = createWorld({
    ...{ node, deployment, rootChain, archive, own, leaving, log },
    witnesses: witnessesOf(config, verification, deployment.framework),
    submit: sending.submit,
    answered: async () => {},
    raise: ({ message }) => {
      log.warn({}, message)
      return Promise.resolve()
    },
  })
  const ended = verification ? run(verification, signal, log) : Promise.resolve()
  if (verification) await caughtUp(verification, signal, progress)
  return {
    ended,
    plan: () => leaving.plan(),
    prices: async () => ({
      bonds: await createExitGameReader(node, deployment).bonds(),
      feePerGas: await leaving.feePerGas(),
      now: (await rootChain.head()).timestamp,
    }),
    carryOut: (plan) => carryOut(plan, world),
    resume: sending.resume,
  }
}

function witnessesOf(
  { watcher }: Config,
  verification: Watcher | undefined,
  framework: World['framework'],
): World['witnesses'] {
  return [
    ...(verification ? [createOwnWitness(verification, framework)] : []),
    ...(watcher ? [createRemoteWitness('watcher', createRemoteWatcher(watcher))] : []),
  ]
}

const LOOK_MS = 250
const REPORT_EVERY = 20

async function run(verification: Watcher, signal: AbortSignal, log: Logger): Promise<void> {
  try {
    await verification.run(signal)
  } catch (error) {
    log.error({ err: error }, 'the chain cannot be verified')
  }
}

async function caughtUp(verification: Watcher, signal: AbortSignal, progress: Surroundings['progress']): Promise<void> {
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

/** In-flight exits come first: others need the time of phase 1 to join them. */
async function carryOut(plan: ExitPlan, world: World): Promise<ExitOutcome[]> {
  const inFlight = await startInFlightExits(plan.inFlightExits.map(orderInFlight), world)
  const joined: ExitOutcome[] = []
  for (const { started, ...piece } of plan.piggybacks) {
    const occurrence = formatOccurrence(started.occurrence)
    const join = () => joinExit({ ...piece, occurrence }, world)
    joined.push({ exitId: piece.exitId, ...(await outcomeOf(join, world.log)) })
  }
  const standard = await startStandardExits(
    plan.standardExits.map(({ exitId, data, addExitQueue }) => ({ exitId, data, addExitQueue })),
    world,
  )
  return [...inFlight, ...joined, ...standard]
}

/** There is no account to leave with. */
class NobodyToLeaveError extends GuardError {
  override readonly code = 'NOBODY_TO_LEAVE'

  constructor() {
    super('Set accounts: only the owner of an output can exit it, so leaving needs the keys of your accounts.')
  }
}
