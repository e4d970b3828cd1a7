import type { ControlRoutes } from './api/control-route.ts'
import { readDeployment } from './chain/deployment.ts'
import { createNodes } from './chain/nodes.ts'
import { signs, type Config } from './config.ts'
import type { Environment } from './engine/environment.ts'
import { openControl } from './guard/control.ts'
import { gateRoutes } from './guard/gate-routes.ts'
import { createGate, type Gate } from './guard/gate.ts'
import { loadProcesses, loadService } from './guard/processes.ts'
import { react } from './guard/react.ts'
import { createSending } from './guard/sending.ts'
import { assertHeld, loadSigners, ownAddresses, responderOf } from './guard/signers.ts'
import { examine, judgeFindings } from './guard/start-up-gather.ts'
import { openVerification, type Verification } from './guard/verification.ts'
import { GuardError } from './lib/errors.ts'
import type { Logger } from './lib/logger.ts'
import { patiently } from './lib/patiently.ts'
import { openDatabase, type Database } from './store/database.ts'
import { createIntentStore } from './store/intents.ts'
import { createPauseStore } from './store/pause.ts'
import { holdSendingLock } from './store/sending-lock.ts'
import { createTransactionArchive } from './store/transaction-archive.ts'

type Surroundings = {
  environment: Environment
  /** Names of findings of the start-up check that a person knows better about. */
  acceptedRisks: readonly string[]
  log: Logger
  signal: AbortSignal
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
  const { environment, database, acceptedRisks, log, signal } = inside
  const service = loadService()
  const graphs = loadProcesses(config.processes, environment)
  const signers = await loadSigners(config.accounts)
  if (signs(config.mode)) await patiently(() => assertHeld(signers), { log, signal })
  const senders = signers.map(({ address }) => address)
  const nodes = createNodes(config.rootChain)
  const { pool: node, agreed } = nodes
  const framework = config.rootChain.plasmaFramework
  const found = await patiently(
    async () => {
      const deployment = await readDeployment(node, framework)
      return { deployment, findings: await examine(config, { node, deployment, senders }) }
    },
    { log, signal },
  )
  if (!found) return
  const { deployment, findings } = found
  judgeFindings(findings, { accepted: acceptedRisks, log })
  const archive = createTransactionArchive(database)
  const responder = responderOf(ownAddresses(config.accounts, signers))
  const sending = createSending(config, { node: agreed, deployment, signers, responder, database, log }, signal)
  const gate = createGate({ submit: sending.submit, paused: createPauseStore(database), now: () => Date.now() })
  const verification = await openVerification(config, { node, deployment, archive, log })
  const parts = { service, graphs, database, gate, nodes, deployment, archive, signers, verification, log }
  const begun = await orLetGo(async () => {
    const reaction = react(config, parts)
    await sending.resume()
    await reaction.pauseAlarm.tell()
    return { ...reaction, closeControl: await openControl(config, { routes: routesOf(reaction, gate, inside), log }) }
  }, verification)
  const { paymentExitGame, version } = deployment
  log.info({ mode: config.mode, framework, paymentExitGame, version, accounts: [...begun.own] }, 'guard started')
  try {
    await begun.run(signal)
  } finally {
    await begun.closeControl()
  }
  log.info({}, 'guard stopped')
}

/** What the control API offers. */
function routesOf(reaction: ReturnType<typeof react>, gate: Gate, inside: Inside): ControlRoutes {
  const { pauseAlarm, lookAgain, status } = reaction
  const { database, end, log, signal } = inside
  const intents = createIntentStore(database)
  const pending = async () => (await intents.pending()).length
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
