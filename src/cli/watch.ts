import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { createWatcherListener } from '../api/watcher-listener.ts'
import { readDeployment, type Deployment } from '../chain/deployment.ts'
import { createNode } from '../chain/node.ts'
import { createOperator } from '../chain/operator.ts'
import { loadConfig, packageRoot, type Config } from '../config.ts'
import { GuardError } from '../lib/errors.ts'
import { createLogger, type Logger } from '../lib/logger.ts'
import { patiently } from '../lib/patiently.ts'
import { openDatabase, type Database } from '../store/database.ts'
import { createTransactionArchive } from '../store/transaction-archive.ts'
import { createVerification } from '../guard/verification.ts'
import { configOption, shutdownSignal } from './options.ts'

type WatchOptions = {
  host: string
  /** 0 takes a free one. */
  port: number
  /** How deep a root chain event must be before it is reported. */
  finalityMarginBlocks: number
  log: Logger
  /** Hears where the API listens. */
  onListening?: (url: string) => void
}

/** `plasma-guard watch` */
export function watchCommand(): Command {
  return new Command('watch')
    .description('verifies the child chain and serves the API of an elixir-omg Watcher; answers nothing itself')
    .addOption(configOption())
    .option('--host <address>', 'to serve on; whoever reaches it may submit transactions', '127.0.0.1')
    .option('--port <port>', 'to serve on', whole, 7434)
    .option('--finality-margin-blocks <blocks>', 'how deep an event must be before it is reported', whole, 12)
    .option('--log-level <level>', 'debug, info, warn or error', 'info')
    .action(async (options: Omit<WatchOptions, 'log'> & { config: string; logLevel: string }) => {
      const config = loadConfig(options.config, process.env)
      await watch(config, { ...options, log: createLogger(options.logLevel) }, shutdownSignal())
    })
}

/**
 * Watches until `signal` aborts. May be started before its node and its operator are up.
 *
 * @throws GuardError for a configuration that cannot work.
 */
export async function watch(config: Config, options: WatchOptions, signal: AbortSignal): Promise<void> {
  const { childChain } = config
  if (!childChain) throw new NothingToWatchError()
  const database = openDatabase(config.data)
  try {
    const node = createNode(config.rootChain)
    const ask = () => readDeployment(node, config.rootChain.plasmaFramework)
    const deployment = await patiently(ask, { log: options.log, signal })
    if (deployment) await serve({ config, childChain, node, deployment, database }, options, signal)
  } finally {
    database.close()
  }
}

type Parts = {
  config: Config
  childChain: NonNullable<Config['childChain']>
  node: ReturnType<typeof createNode>
  deployment: Deployment
  database: Database
}

async function serve(parts: Parts, { host, port, log, ...options }: WatchOptions, signal: AbortSignal): Promise<void> {
  const { childChain, node, deployment, database } = parts
  const finalityMarginBlocks = BigInt(options.finalityMarginBlocks)
  const archive = createTransactionArchive(database)
  const watcher = createVerification(childChain, { node, deployment, archive, log }, finalityMarginBlocks)
  const listener = createWatcherListener(
    {
      watcher,
      archive,
      operator: createOperator(childChain),
      recovery: { framework: deployment.framework },
      contracts: deployment,
      contractSemver: deployment.version,
      network: networks[String(deployment.chainId)] ?? 'LOCALCHAIN',
      finalityMarginBlocks,
      slaMarginBlocks: childChain.slaMarginBlocks,
    },
    { version: versionOf(packageRoot), log },
  )
  const url = await listener.listen({ host, port })
  log.info({ url, framework: deployment.framework }, 'watcher started')
  options.onListening?.(url)
  await watcher.run(signal)
  await listener.close()
  log.info({}, 'watcher stopped')
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
