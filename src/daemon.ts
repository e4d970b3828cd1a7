import { setMaxListeners } from 'node:events'
import type { ControlRoutes } from './api/control-route.ts'
import { readDeployment, type Deployment } from './chain/deployment.ts'
import { createNodes, type Nodes } from './chain/nodes.ts'
import type { Signer } from './chain/signer.ts'
import { signs, type Config } from './config.ts'
import type { Environment } from './engine/environment.ts'
import type { Alarms } from './events/alarm.ts'
import { openControl } from './guard/control.ts'
import { gateRoutes } from './guard/gate-routes.ts'
import { createGate, type Gate } from './guard/gate.ts'
import { measured, openMeasuring } from './guard/measuring.ts'
import { createNotifying } from './guard/notifying.ts'
import { embeddedRunner, type ProcessRunnerOpener } from './guard/process-runner.ts'
import { loadService } from './guard/processes.ts'
import { react } from './guard/react.ts'
import { createSending } from './guard/sending.ts'
import { assertHeld, loadSigners } from './guard/signers.ts'
import { examine, judgeFindings } from './guard/start-up-gather.ts'
import { openVerification, type Verification } from './guard/verification.ts'
import { GuardError } from './lib/errors.ts'
import type { Alarm } from './lib/alarm.ts'
import type { Logger } from './lib/logger.ts'
import { patiently } from './lib/patiently.ts'
import { createMetrics } from './metrics/metrics.ts'
import { openDatabase, type Database } from './store/database.ts'
import { createIntentStore } from './store/intents.ts'
import { createPauseStore } from './store/pause.ts'
import { holdSendingLock } from './store/sending-lock.ts'
import { createTransactionArchive } from './store/transaction-archive.ts'
import { isUnderWay } from './tx/states.ts'

type Surroundings = {
  environment: Environment
  /** Names of findings of the start-up check that a person knows better about. */
  acceptedRisks: readonly string[]
  log: Logger
  signal: AbortSignal
  /** Who runs the processes; the engine inside this program by default. */
  openRunner?: ProcessRunnerOpener
}

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
    // Everything that waits listens to it; Node would take so many for a leak.
    setMaxListeners(0, signal)
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

async function guard(config: Config, inside: Inside): Promise<void> {
  const { environment, database, log, signal, openRunner = embeddedRunner(config, environment) } = inside
  const service = loadService()
  const metrics = createMetrics()
  const { meter } = metrics
  const notifying = createNotifying(config.notify, { database, delivered: meter.notified, log })
  const ground = await openGround(config, inside)
  if (!ground) return
  const { nodes, ...rest } = ground
  const archive = createTransactionArchive(database)
  // What raises alarms is put together later, and nothing is sent before.
  let raise: Alarms['raise'] = async () => {}
  const told = { database, log, raise: (alarm: Alarm) => raise(alarm) }
  const sending = createSending(config, { node: nodes.agreed, ...rest, ...told }, signal)
  const gate = createGate({
    submit: measured(sending.submit, meter, nodes.pool),
    paused: createPauseStore(database),
    now: Date.now,
  })
  const verification = await openVerification(config, { node: nodes.pool, ...rest, archive, log })
  await orLetGo(async () => {
    const reaction = react(config, {
      ...{ service, openRunner, database, gate, meter, people: notifying.people },
      ...{ ...ground, archive, verification, log },
    })
    raise = reaction.raise
    const pending = async () => (await createIntentStore(database).open()).filter(isUnderWay).length
    const { unreadiness, open } = openMeasuring(config, {
      ...{ ...reaction, node: nodes.pool, signers: rest.signers, gate, pending, verification, metrics },
    })
    await sending.resume({ begin: gate.state().state === 'open' })
    await reaction.pauseAlarm.tell()
    const close = await openControl(config, { routes: routesOf(reaction, { gate, pending }, inside), open, log })
    const { framework, paymentExitGame, version } = rest.deployment
    log.info({ mode: config.mode, framework, paymentExitGame, version, accounts: [...reaction.own] }, 'guard started')
    try {
      await Promise.all([reaction.run(signal), notifying.run({ unreadiness }, signal)])
    } finally {
      await close()
    }
  }, verification)
  log.info({}, 'guard stopped')
}

type Ground = { signers: readonly Signer[]; nodes: Nodes; deployment: Deployment }

/** Keys, nodes and contracts, and that they fit together; undefined when the program ends before a node answers. */
async function openGround(config: Config, { acceptedRisks, log, signal }: Inside): Promise<Ground | undefined> {
  const signers = await loadSigners(config.accounts)
  if (signs(config.mode)) await patiently(() => assertHeld(signers), { log, signal })
  const senders = signers.map(({ address }) => address)
  const nodes = createNodes(config.rootChain)
  const found = await patiently(
    async () => {
      const deployment = await readDeployment(nodes.pool, config.rootChain.plasmaFramework)
      return { deployment, findings: await examine(config, { node: nodes.pool, deployment, senders }) }
    },
    { log, signal },
  )
  if (!found) return undefined
  judgeFindings(found.findings, { accepted: acceptedRisks, log })
  return { signers, nodes, deployment: found.deployment }
}

/** What the control API offers. */
function routesOf(
  { pauseAlarm, lookAgain, status }: ReturnType<typeof react>,
  { gate, pending }: { gate: Gate; pending: () => Promise<number> },
  { end, log, signal }: Inside,
): ControlRoutes {
  return {
    ...gateRoutes({ gate, alarm: pauseAlarm, pending, lookAgain, end, log, signal }),
    'GET /status': status,
  }
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
