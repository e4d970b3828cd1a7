import { readDeployment } from './chain/deployment.ts'
import { createNode } from './chain/node.ts'
import { createRootChain } from './chain/root-chain.ts'
import type { Config } from './config.ts'
import type { Environment } from './engine/environment.ts'
import { createAlarms } from './events/alarm.ts'
import { createConditionBoard } from './events/board.ts'
import { createEventSource } from './events/source.ts'
import { createLeaving } from './guard/leaving.ts'
import type { Logger } from './lib/logger.ts'
import { patiently } from './lib/patiently.ts'
import { embeddedRunner, type ProcessRunnerOpener } from './guard/process-runner.ts'
import { loadService } from './guard/processes.ts'
import { createSending } from './guard/sending.ts'
import { createSights } from './guard/sights.ts'
import { loadSigners } from './guard/signers.ts'
import { openDatabase, type Database } from './store/database.ts'
import { createEventJournal } from './store/event-journal.ts'
import { holdSendingLock } from './store/sending-lock.ts'
import { createTransactionArchive } from './store/transaction-archive.ts'
import { tasks } from './tasks/registry.ts'
import { openVerification, type Verification } from './guard/verification.ts'
import { createWorld } from './guard/world.ts'

type Surroundings = {
  environment: Environment
  log: Logger
  signal: AbortSignal
  /** Who runs the processes; the engine inside this program by default. */
  openRunner?: ProcessRunnerOpener
}

/**
 * Guards until `signal` aborts: sees, emits, runs the processes, answers. May be started before its node is up.
 *
 * @throws GuardError for a configuration that cannot work: keys, processes, contracts of another generation.
 */
export async function runGuard(config: Config, surroundings: Surroundings): Promise<void> {
  const release = signs(config) ? holdSendingLock(config.data) : () => {}
  const database = openDatabase(config.data)
  const ended = new AbortController()
  try {
    await guard(config, database, { ...surroundings, signal: AbortSignal.any([surroundings.signal, ended.signal]) })
  } finally {
    ended.abort()
    database.close()
    release()
  }
}

/** What a verification holds it lets go of when its run has ended; its threads would keep a failed process alive. */
async function orLetGo(work: Promise<void>, verification: Verification | undefined): Promise<void> {
  try {
    await work
  } catch (error) {
    await verification?.run(AbortSignal.abort())
    throw error
  }
}

/** Two senders of one account would fight over its nonces. */
function signs({ mode }: Config): boolean {
  return mode === 'defend' || mode === 'defend-and-exit'
}

async function guard(config: Config, database: Database, surroundings: Surroundings): Promise<void> {
  const { environment, log, signal, openRunner = embeddedRunner(config, environment) } = surroundings
  const service = loadService()
  const signers = await loadSigners(config.accounts)
  const node = createNode(config.rootChain)
  const framework = config.rootChain.plasmaFramework
  const deployment = await patiently(() => readDeployment(node, framework), { log, signal })
  if (!deployment) return
  const rootChain = createRootChain({ node, deployment })
  const sending = createSending(config, { node, deployment, signers, database, log }, signal)
  const own = new Set(signers.map(({ address }) => address))
  const archive = createTransactionArchive(database)
  const verification = await openVerification(config, { node, deployment, archive, log })
  const sights = createSights(config, { node, deployment, rootChain, verification, own, log })
  const leaving = createLeaving(config, { node, deployment, archive, own, verification })
  const world = createWorld({
    ...{ node, deployment, rootChain, archive, signers, leaving, log },
    witnesses: sights.witnesses,
    submit: sending.submit,
    answered: (what, outcome) => source.answered(what, outcome),
    raise: (alarm) => alarms.raise(alarm),
  })
  const runner = openRunner({
    service,
    tasks: Object.fromEntries(tasks.map((task) => [task.key, task.bind(world)])),
    ...{ database, log },
  })
  const journal = createEventJournal(database)
  const emit = config.mode === 'observe' ? async () => {} : runner.emit
  const alarms = createAlarms({ journal, emit, log })
  const source = createEventSource({
    journal,
    emit,
    isCanonical: async ({ number, hash }) => (await rootChain.block(number))?.hash === hash,
    log,
  })
  const board = createConditionBoard({ observe: source.observe, log }, sights.order)

  await orLetGo(sending.resume(), verification)
  const { paymentExitGame, version } = deployment
  log.info({ mode: config.mode, framework, paymentExitGame, version, accounts: [...own] }, 'guard started')
  await Promise.all([sights.run({ pin: board.pin, alarms }, signal), runner.run(signal)])
  await source.idle()
  log.info({}, 'guard stopped')
}
