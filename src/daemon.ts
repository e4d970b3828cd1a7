import { readDeployment } from './chain/deployment.ts'
import { createNode } from './chain/node.ts'
import { signs, type Config } from './config.ts'
import type { Environment } from './engine/environment.ts'
import { openControl } from './guard/control.ts'
import { gateRoutes } from './guard/gate-routes.ts'
import { createGate } from './guard/gate.ts'
import { measured, openMeasuring } from './guard/measuring.ts'
import { createNotifying } from './guard/notifying.ts'
import { loadProcesses, loadService } from './guard/processes.ts'
import { react } from './guard/react.ts'
import { createSending } from './guard/sending.ts'
import { loadSigners, ownAddresses, responderOf } from './guard/signers.ts'
import { openVerification, type Verification } from './guard/verification.ts'
import { GuardError } from './lib/errors.ts'
import type { Logger } from './lib/logger.ts'
import { patiently } from './lib/patiently.ts'
import { createMetrics } from './metrics/metrics.ts'
import { openDatabase, type Database } from './store/database.ts'
import { createIntentStore } from './store/intents.ts'
import { createPauseStore } from './store/pause.ts'
import { holdSendingLock } from './store/sending-lock.ts'
import { createTransactionArchive } from './store/transaction-archive.ts'

type Surroundings = { environment: Environment; log: Logger; signal: AbortSignal }

/**
 * Guards until `signal` aborts, or until a person has drained it: sees, emits, runs the processes, answers. May be
 * started before its node is up.
 *
 * @throws GuardError for a configuration that cannot work: keys, processes, contracts of another generation.
 * @throws {@link EndedUndrainedError}
 */
export async function runGuard(config: Config, surroundings: Surroundings): Promise<void> {
  const release = signs(config.mode) ? holdSendingLock(config.data) : () => {}
  const database = openDatabase(config.data)
  const ended = new AbortController()
  let left = 0
  const end = (underWay: number) => {
    left = underWay
    ended.abort()
  }
  try {
    const signal = AbortSignal.any([surroundings.signal, ended.signal])
    await guard(config, { ...surroundings, database, end, signal })
  } finally {
    ended.abort()
    database.close()
    release()
  }
  if (left > 0) throw new EndedUndrainedError(left)
}

/** `end`: ends the guard; what is under way then stays in the journal. */
type Inside = Surroundings & { database: Database; end: (underWay: number) => void }

async function guard(config: Config, { environment, database, end, log, signal }: Inside): Promise<void> {
  const service = loadService()
  const graphs = loadProcesses(config.processes, environment)
  const signers = await loadSigners(config.accounts)
  const metrics = createMetrics()
  const { meter } = metrics
  const notifying = createNotifying(config.notify, { database, delivered: meter.notified, log })
  const node = createNode(config.rootChain)
  const deployment = await patiently(() => readDeployment(node, config.rootChain.plasmaFramework), { log, signal })
  if (!deployment) return
  const archive = createTransactionArchive(database)
  const responder = responderOf(ownAddresses(config.accounts, signers))
  const sending = createSending(config, { node, deployment, signers, responder, database, log }, signal)
  const gate = createGate({
    submit: measured(sending.submit, meter, node),
    paused: createPauseStore(database),
    now: () => Date.now(),
  })
  const verification = await openVerification(config, { node, deployment, archive, log })
  const { own, pauseAlarm, lookAgain, run, ...seen } = react(config, {
    ...{ service, graphs, database, gate, meter, people: notifying.people },
    ...{ node, deployment, archive, signers, verification, log },
  })
  const intents = createIntentStore(database)
  const pending = async () => (await intents.pending()).length
  const routes = gateRoutes({ gate, alarm: pauseAlarm, pending, lookAgain, end, log, signal })
  const { unreadiness, open } = openMeasuring(config, { ...seen, node, signers, gate, pending, verification, metrics })

  const closeControl = await orLetGo(async () => {
    await sending.resume()
    await pauseAlarm.tell()
    return openControl(config, { routes, open, log })
  }, verification)
  const { framework, paymentExitGame, version } = deployment
  log.info({ mode: config.mode, framework, paymentExitGame, version, accounts: [...own] }, 'guard started')
  try {
    await Promise.all([run(signal), notifying.run({ unreadiness }, signal)])
  } finally {
    await closeControl()
  }
  log.info({}, 'guard stopped')
}

/** What a verification holds it lets go of when its run has ended; its threads would keep a failed process alive. */
async function orLetGo<Value>(work: () => Promise<Value>, verification: Verification | undefined): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    await verification?.run(AbortSignal.abort())
    throw error
  }
}

/** The time that a person gave for draining was over before all that was under way had ended. */
class EndedUndrainedError extends GuardError {
  override readonly code = 'ENDED_UNDRAINED'

  constructor(left: number) {
    super(
      `The guard has ended with ${String(left)} answers under way: they are in the journal, and the next start follows them.`,
      { left },
    )
  }
}
