import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import type { FastifyInstance } from 'fastify'
import { createInfoListener } from '../api/info-listener.ts'
import { createFees } from '../api/operator-fees.ts'
import type { WatcherApi } from '../api/watcher-api.ts'
import { createWatcherListener, type ListenerSettings } from '../api/watcher-listener.ts'
import { readDeployment, type Deployment } from '../chain/deployment.ts'
import { methodUrl, postJson } from '../chain/http-json.ts'
import { createNode, type Node } from '../chain/node.ts'
import { createOperator } from '../chain/operator.ts'
import { loadConfig, packageRoot, type Config } from '../config.ts'
import { slaMarginOf } from '../guard/sla-margin.ts'
import { createVerification, type Verification } from '../guard/verification.ts'
import { GuardError } from '../lib/errors.ts'
import { createLogger, type Logger } from '../lib/logger.ts'
import { patiently } from '../lib/patiently.ts'
import { sleep } from '../lib/sleep.ts'
import { keccak } from '../plasma/keccak.ts'
import { transactionHasher } from '../plasma/transaction.ts'
import { openDatabase } from '../store/database.ts'
import { openIndexDatabase } from '../store/index-database.ts'
import { createIndexFollower } from '../store/index-follower.ts'
import { createIndexReader } from '../store/index-reader.ts'
import { openLedgerFeed } from '../store/ledger-feed.ts'
import { createTransactionArchive } from '../store/transaction-archive.ts'
import type { TransactionArchive } from '../watcher/transaction-archive.ts'
import { configOption, shutdownSignal } from './options.ts'

type WatchOptions = {
  host: string
  /** 0 takes a free one. */
  port: number
  /** Where the Info API is served; nowhere when it is absent, and then there is no index either. */
  infoPort?: number | undefined
  /** How deep a root chain event must be before it is reported. */
  finalityMarginBlocks: number
  log: Logger
  /** Hears where the APIs listen. */
  onListening?: (url: string, infoUrl: string | undefined) => void
}

type Given = Omit<WatchOptions, 'log'> & { config: string; logLevel: string; info: boolean }

/** `plasma-guard watch` */
export function watchCommand(): Command {
  return new Command('watch')
    .description('verifies the child chain and serves the APIs of an elixir-omg Watcher; answers nothing itself')
    .addOption(configOption())
    .option('--host <address>', 'to serve on; whoever reaches it may submit transactions', '127.0.0.1')
    .option('--port <port>', 'to serve the security-critical API on; 0 takes a free one', whole, 7434)
    .option(
      '--info-port <port>',
      'to serve the Watcher Info API on (default: 7534, or 100 above another --port)',
      whole,
    )
    .option('--no-info', 'without the Watcher Info API and its index')
    .option('--finality-margin-blocks <blocks>', 'how deep an event must be before it is reported', whole, 12)
    .option('--log-level <level>', 'debug, info, warn or error', 'info')
    .action(async ({ config: file, logLevel, info, infoPort, ...options }: Given) => {
      const config = loadConfig(file, process.env)
      const port = info ? (infoPort ?? infoPortBeside(options.port)) : undefined
      await watch(config, { ...options, infoPort: port, log: createLogger(logLevel) }, shutdownSignal())
    })
}

/** As far apart as elixir-omg's are. */
function infoPortBeside(port: number): number {
  return port === 0 ? 0 : port + 100
}

/**
 * Watches until `signal` aborts. May be started before its node and its operator are up.
 *
 * @throws GuardError for a configuration that cannot work, and for a store that cannot be used or kept.
 */
export async function watch(config: Config, options: WatchOptions, signal: AbortSignal): Promise<void> {
  const { childChain, data } = config
  const { log } = options
  if (!childChain) throw new NothingToWatchError()
  const database = openDatabase(data)
  try {
    const node = createNode(config.rootChain)
    const deployment = await patiently(() => readDeployment(node, config.rootChain.plasmaFramework), { log, signal })
    if (!deployment) return
    const archive = createTransactionArchive(database)
    await serve({ data: join(data, 'watch'), childChain, node, deployment, archive }, options, signal)
  } finally {
    database.close()
  }
}

type Parts = {
  /** A folder of the watcher's own, so that a guard can have its ledger beside it. What was submitted is shared. */
  data: string
  childChain: NonNullable<Config['childChain']>
  node: Node
  deployment: Deployment
  archive: TransactionArchive
}

async function serve(parts: Parts, options: WatchOptions, signal: AbortSignal): Promise<void> {
  const { deployment, data, childChain, archive, node } = parts
  const { log } = options
  const marginBlocks = BigInt(options.finalityMarginBlocks)
  const watcher = await createVerification({ childChain, data, marginBlocks }, { node, deployment, archive, log })
  const stop = new AbortController()
  const ends: (() => Promise<void>)[] = []
  try {
    const { url, infoUrl } = await listen({ parts, options, watcher }, ends, stop.signal)
    log.info({ url, infoUrl: infoUrl ?? 'none', framework: deployment.framework }, 'watcher started')
    options.onListening?.(url, infoUrl)
  } catch (error) {
    stop.abort()
    await inReverse(ends)
    // What it holds, it lets go of when its run has ended.
    await watcher.run(stop.signal)
    throw error
  }
  try {
    await watcher.run(signal)
  } finally {
    stop.abort()
    await inReverse(ends)
  }
  log.info({}, 'watcher stopped')
}

type Started = { parts: Parts; options: WatchOptions; watcher: Verification }
type Ends = (() => Promise<void>)[]

/** Serves both APIs; `ends` is told how to take each piece down. */
async function listen(
  started: Started,
  ends: Ends,
  signal: AbortSignal,
): Promise<{ url: string; infoUrl: string | undefined }> {
  const { host, port, infoPort, log } = started.options
  const settings: ListenerSettings = { version: versionOf(packageRoot), log }
  const open = (listener: FastifyInstance, at: number) => {
    ends.push(() => listener.close())
    return listener.listen({ host, port: at })
  }
  const api = apiOf(started)
  if (infoPort === undefined) return { url: await open(createWatcherListener(api, settings), port), infoUrl: undefined }
  const index = openIndex(started, ends, signal)
  const { url: operatorUrl } = started.parts.childChain
  const fees = createFees({
    ask: () => postJson(methodUrl(operatorUrl, 'fees.all'), {}, FEE_LIMITS),
    now: () => performance.now(),
  })
  const url = await open(createWatcherListener({ ...api, index }, settings), port)
  const infoUrl = await open(createInfoListener({ ...api, index, fees }, settings), infoPort)
  return { url, infoUrl }
}

const FEE_LIMITS = { timeoutMs: 10_000, maxBytes: 1024 * 1024 }

function apiOf({ parts, options, watcher }: Started): WatcherApi {
  const { deployment, childChain, archive } = parts
  return {
    watcher,
    archive,
    operator: createOperator(childChain),
    recovery: watcher.recovery,
    contracts: deployment,
    contractSemver: deployment.version,
    network: networks[String(deployment.chainId)] ?? 'LOCALCHAIN',
    finalityMarginBlocks: BigInt(options.finalityMarginBlocks),
    slaMarginBlocks: slaMarginOf(childChain, deployment.minExitPeriod),
  }
}

/** An index that follows from now on. What it cannot do any more does not keep the watcher from watching. */
function openIndex({ parts, options, watcher }: Started, ends: Ends, signal: AbortSignal) {
  const { data, deployment } = parts
  const { log } = options
  const chain = { chainId: deployment.chainId, framework: deployment.framework }
  const { writer, reader, close } = openIndexDatabase(data, chain)
  const { feed, close: closeFeed } = openLedgerFeed(data)
  const hashOf = transactionHasher(watcher.recovery.keccak ?? keccak)
  const follower = createIndexFollower({ writer, chain, feed, hashOf, sleep, log })
  const following = follower.run(signal).catch((error: unknown) => {
    log.error({ err: error }, 'index cannot be kept any more: the Info API stands still')
  })
  ends.push(async () => {
    await following
    closeFeed()
    close()
  })
  return createIndexReader(reader, follower)
}

async function inReverse(ends: Ends): Promise<void> {
  for (const end of ends.toReversed()) await end()
}

/** As elixir-omg calls them. */
const networks: Readonly<Record<string, string>> = { '1': 'MAINNET', '3': 'ROPSTEN', '4': 'RINKEBY', '5': 'GOERLI' }

function versionOf(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  return version
}

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('expected a whole number')
  return Number(text)
}

class NothingToWatchError extends GuardError {
  override readonly code = 'NOTHING_TO_WATCH'

  constructor() {
    super('Set childChain.url: a watcher verifies the blocks that its operator serves.')
  }
}
