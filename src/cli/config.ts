import { Command } from 'commander'
import { readDeployment, type Deployment } from '../chain/deployment.ts'
import { createNode, type Node } from '../chain/node.ts'
import { quantity } from '../chain/shapes.ts'
import { loadConfig, type Account, type Config, type Mode } from '../config.ts'
import { triggerOf, type Graph } from '../engine/graph.ts'
import { openChannels } from '../guard/notifying.ts'
import { loadProcesses } from '../guard/processes.ts'
import { assertHeld, loadSigner, loadSigners } from '../guard/signers.ts'
import { slaMarginOf } from '../guard/sla-margin.ts'
import { examine } from '../guard/start-up-gather.ts'
import { withholdingOf } from '../guard/withholding.ts'
import type { Address } from '../plasma/units.ts'
import { ether } from './exit-report.ts'
import { configOption } from './options.ts'

/** `plasma-guard config check` */
export function configCommand(): Command {
  const check = new Command('check')
    .description('says what the guard would do with this configuration, and what it read from the chain')
    .addOption(configOption())
    .option('--json', 'one JSON object instead of lines')
    .action(async (options: { config: string; json?: boolean }) => {
      const summary = await summarise(options.config, loadConfig(options.config, process.env))
      process.stdout.write(options.json ? `${JSON.stringify(summary)}\n` : asLines(summary))
    })
  return new Command('config').description('works with guard.yml').addCommand(check)
}

const powers: Readonly<Record<Mode, string>> = {
  observe: 'only report events; nothing is signed',
  advise: 'prepare every answer and log the transaction it would send; nothing is signed',
  defend: 'challenge, respond and piggyback own outputs',
  'defend-and-exit': 'challenge, respond, piggyback own outputs, and leave the chain when it can no longer be trusted',
}

type Summary = Readonly<Record<string, string | readonly string[]>>

/** What the guard would do, as printable facts; nothing secret is in it. */
async function summarise(file: string, config: Config): Promise<Summary> {
  const node = createNode(config.rootChain)
  const deployment = await readDeployment(node, config.rootChain.plasmaFramework)
  const head = await node.ask('eth_blockNumber', [], quantity)
  return {
    configuration: file,
    mode: `${config.mode}: ${powers[config.mode]}`,
    'root chain': `chain id ${deployment.chainId}, head ${head}, through ${config.rootChain.urls.map(hostOf).join(', ')}`,
    confirmations: String(config.rootChain.confirmations),
    ...contracts(deployment),
    'child chain': sight(config, deployment),
    accounts: await accounts(config, node),
    processes: loadProcesses(config.processes, process.env).map(route),
    policy: costs(config.policy),
    'alarms reach': told(config.notify),
    data: config.data,
    'start-up check': await risks(config, { node, deployment }),
  }
}

function contracts({ version, minExitPeriod, bonds, ...rest }: Deployment): Summary {
  return {
    contracts: `version ${version}`,
    'plasma framework': rest.framework,
    'eth vault': rest.ethVault,
    'erc20 vault': rest.erc20Vault,
    'payment exit game': rest.paymentExitGame,
    'exit period': `${minExitPeriod} s; an in-flight exit can be piggybacked and challenged for ${minExitPeriod / 2n} s`,
    bonds: `standard exit ${bonds.standardExit} wei, in-flight exit ${bonds.inFlightExit} wei, piggyback ${bonds.piggyback} wei`,
  }
}

function sight({ watcher, childChain }: Config, { minExitPeriod }: Deployment): string[] {
  return [
    childChain
      ? `own verification of the operator ${hostOf(childChain.url)}; a block is withheld after ${withholdingOf(childChain, minExitPeriod)} s, an invalid exit is overdue after ${slaMarginOf(childChain, minExitPeriod)} blocks`
      : 'no own verification: childChain.url is not set',
    watcher
      ? `Watcher ${hostOf(watcher.url)}, ${watcher.trusted ? 'trusted to say when to leave' : 'not trusted to say when to leave'}`
      : 'no remote Watcher',
  ]
}

function accounts(config: Config, node: Node): Promise<string[]> {
  return Promise.all(
    config.accounts.map(async (account) => {
      const address = await addressOf(account)
      const balance = await node.ask('eth_getBalance', [address, 'latest'], quantity)
      const note = balance === 0n ? ' (it cannot pay for an answer)' : ''
      return `${address}, ${balance} wei${note}, key in ${keeperOf(account)}`
    }),
  )
}

async function addressOf(account: Account): Promise<Address> {
  if ('watchOnly' in account) return account.watchOnly
  const signer = await loadSigner(account)
  await assertHeld([signer])
  return signer.address
}

/** Where the key of an account is. */
function keeperOf(account: Account): string {
  if ('watchOnly' in account) return 'nobody’s hands: it is only watched'
  if ('keystore' in account) return account.keystore
  return 'web3signer' in account ? `the signer ${hostOf(account.web3signer.url)}` : 'PRIVATE_KEY'
}

async function risks(config: Config, chain: { node: Node; deployment: Deployment }): Promise<string[]> {
  const senders = (await loadSigners(config.accounts)).map(({ address }) => address)
  const findings = await examine(config, { ...chain, senders })
  const lines = findings.map(
    ({ name, unsafe, message, remedy }) =>
      `${unsafe ? `refused unless --accept-risk ${name}` : name}: ${message} ${remedy}`,
  )
  return lines.length === 0 ? ['nothing is found'] : lines
}

function costs({ maxFee, gasPerDay, lockedBonds, finalAfterBlocks }: Config['policy']): string {
  const gwei = maxFee / 10n ** 9n
  return `at most ${gwei} gwei per gas, ${ether(gasPerDay)} for gas in a day, ${ether(lockedBonds)} in bonds at a time; final after ${finalAfterBlocks} blocks`
}

/** Who is told of alarms; an address shows no more than its host. */
function told(notify: Config['notify']): string[] {
  const channels = openChannels(notify).map(({ name, levels }) => `${name} (${[...levels].join(', ')})`)
  const { heartbeat } = notify ?? {}
  return [
    ...(channels.length === 0 ? ['nobody: set notify.webhooks or notify.mail'] : channels),
    ...(heartbeat ? [`heartbeat to ${hostOf(heartbeat.url)} every ${heartbeat.everySeconds} s`] : []),
  ]
}

/** `invalid_exit → getChallengeData → challengeStandardExit` */
function route(graph: Graph): string {
  const trigger = triggerOf(graph)
  const steps = graph.nodes.flatMap((node) => (node.type === 'task' ? [node.taskKey] : []))
  return [trigger.type === 'event' ? trigger.eventKey : trigger.taskKey, ...steps].join(' → ')
}

/** A URL may carry a token in its path, query or user: none of them is shown. */
function hostOf(url: string): string {
  return new URL(url).origin
}

function asLines(summary: Summary): string {
  return Object.entries(summary)
    .flatMap(([name, value]) => {
      const [first = 'none', ...more] = typeof value === 'string' ? [value] : value
      return [`${name.padEnd(18)} ${first}`, ...more.map((line) => `${' '.repeat(18)} ${line}`)]
    })
    .map((line) => `${line}\n`)
    .join('')
}
