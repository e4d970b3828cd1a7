import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { GuardError } from '../lib/errors.ts'
import { parseHex, toHex, type Hex } from '../lib/bytes.ts'
import { parseAddress, type Address } from '../plasma/units.ts'
import { generationOption, shutdownSignal } from './options.ts'

/** `plasma-guard devnet` */
export function devnetCommand(): Command {
  return new Command('devnet')
    .description('a plasma network of your own, to watch, to use and to cheat on')
    .addCommand(upCommand())
    .addCommand(operatorCommand())
    .addCommand(engineCommand())
    .addCommand(depositCommand())
    .addCommand(payCommand())
    .addCommand(exitCommand())
    .addCommand(showExitCommand())
    .addCommand(processCommand())
    .addCommand(timeCommand())
    .addCommand(cheatCommand())
}

const DIRECTORY = join('data', 'devnet')

function upCommand(): Command {
  return new Command('up')
    .description('keeps a root chain, the contracts and an operator running; writes devnet.json and guard.yml')
    .option('--data <directory>', 'where its files go', DIRECTORY)
    .option('--port <port>', 'of the root chain', whole, 8545)
    .option('--operator-port <port>', 'of the operator', whole, 9656)
    .option('--exit-period <seconds>', 'minExitPeriod of the contracts', whole, 600)
    .option('--block-seconds <seconds>', 'how long transactions wait for a block', whole, 2)
    .addOption(feeOption())
    .action(async (options: UpOptions) => {
      const { up } = await importDevnet(() => import('../../devnet/up.ts'))
      await up({
        directory: options.data,
        port: options.port,
        operatorPort: options.operatorPort,
        minExitPeriodSeconds: BigInt(options.exitPeriod),
        blockSeconds: options.blockSeconds,
        feeWei: options.feeWei,
        signal: shutdownSignal(),
        say,
      })
    })
}

/** Commander prints a default as JSON, which has no bigint: it is given the words. */
function feeOption(): Option {
  return new Option('--fee-wei <wei>', 'what a payment costs').argParser(amount).default(0n, '0')
}

type UpOptions = {
  data: string
  port: number
  operatorPort: number
  exitPeriod: number
  blockSeconds: number
  feeWei: bigint
}

function operatorCommand(): Command {
  return new Command('operator')
    .description('runs the operator alone, for contracts that are deployed already; its memory ends with it')
    .requiredOption('--root-chain <url>', 'JSON-RPC of a node')
    .requiredOption('--plasma-framework <address>', 'the framework', frameworkAddress)
    .requiredOption('--authority-key-file <file>', 'holds the private key that may submit blocks, in hex')
    .option('--port <port>', 'to serve on', whole, 9656)
    .option('--host <address>', 'to serve on', '127.0.0.1')
    .option('--block-seconds <seconds>', 'how long transactions wait for a block', whole, 15)
    .addOption(feeOption())
    .option('--control', 'lets whoever can reach it form blocks and cheat')
    .action(async (options: OperatorOptions) => {
      const { runOperator } = await importDevnet(() => import('../../devnet/operator/run.ts'))
      await runOperator({
        ...options,
        framework: options.plasmaFramework,
        authority: await readKey(options.authorityKeyFile),
        control: options.control ?? false,
        signal: shutdownSignal(),
        say,
      })
    })
}

type OperatorOptions = {
  rootChain: string
  plasmaFramework: Address
  authorityKeyFile: string
  port: number
  host: string
  blockSeconds: number
  feeWei: bigint
  control?: boolean
}

function engineCommand(): Command {
  return new Command('engine')
    .description('runs a double of a MESG engine that knows the guard and its processes, for plasma-guard mesg')
    .addOption(generationOption('which engines it is like: a, v0.18 to v0.20; b, v0.21 to v0.26').makeOptionMandatory())
    .option('--port <port>', 'to serve on', whole, 50052)
    .option('--processes <folder>', 'process files, instead of those of this package')
    .option('--step-seconds <seconds>', 'how long it takes for each step', whole, 1)
    .option('--variables <file>', 'gets what an engine tells its service', join(DIRECTORY, 'engine.env'))
    .action(async ({ stepSeconds, variables, ...options }: EngineOptions) => {
      const { runEngine } = await importDevnet(() => import('../../devnet/mesg/run-engine.ts'))
      await runEngine({ ...options, stepMs: stepSeconds * 1000, file: variables, signal: shutdownSignal(), say })
    })
}

type EngineOptions = {
  generation: 'a' | 'b'
  port: number
  processes?: string
  stepSeconds: number
  variables: string
}

type HandOptions = { devnet: string; as: string; token?: boolean }

function handCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .addOption(new Option('--devnet <file>', 'what devnet up wrote').default(join(DIRECTORY, 'devnet.json')))
}

function personCommand(name: string, description: string): Command {
  return handCommand(name, description).requiredOption('--as <name>', 'alice, bob, carol, mallory or guard')
}

function depositCommand(): Command {
  return personCommand('deposit', 'brings ether or test tokens to the child chain')
    .requiredOption('--amount <number>', 'in ether, or in whole tokens')
    .option('--token', 'test tokens instead of ether')
    .action(async ({ devnet, as, ...what }: HandOptions & { amount: string }) => {
      await act(devnet, ({ hand, network }) => hand.deposit(hand.personOf(network, as), what))
    })
}

function payCommand(): Command {
  return personCommand('pay', 'pays an output to somebody, and waits for the block')
    .requiredOption('--coin <position>', 'the output', amount)
    .requiredOption('--to <name>', 'who gets it')
    .option('--amount <number>', 'in ether or whole tokens; all of it, when it is not given')
    .action(async ({ devnet, as, to, ...what }: HandOptions & { coin: bigint; to: string; amount?: string }) => {
      await act(devnet, ({ hand, network }) =>
        hand.pay(network, hand.personOf(network, as), { ...what, to: hand.personOf(network, to) }),
      )
    })
}

function exitCommand(): Command {
  return personCommand('exit', 'starts the standard exit of an output, spent or not')
    .requiredOption('--coin <position>', 'the output', amount)
    .action(async ({ devnet, as, coin }: HandOptions & { coin: bigint }) => {
      await act(devnet, ({ hand, network }) => hand.exit(network, hand.personOf(network, as), coin))
    })
}

function showExitCommand(): Command {
  return handCommand('show-exit', 'says what the contract holds of a standard exit')
    .requiredOption('--id <exit id>', 'as devnet exit printed it', amount)
    .action(async ({ devnet, id }: HandOptions & { id: bigint }) => {
      await act(devnet, ({ hand, network }) => hand.showExit(network, id))
    })
}

function processCommand(): Command {
  return personCommand('process-exits', 'pays out the exits that have matured')
    .option('--token', 'of the test token instead of ether')
    .action(async ({ devnet, as, token }: HandOptions) => {
      await act(devnet, ({ hand, network }) =>
        hand.processExits(network, hand.personOf(network, as), token ? 'token' : 'ether'),
      )
    })
}

function timeCommand(): Command {
  return handCommand('pass-time', 'lets chain time pass at once')
    .requiredOption('--seconds <seconds>', 'how much', amount)
    .action(async ({ devnet, seconds }: HandOptions & { seconds: bigint }) => {
      await act(devnet, ({ hand, network }) => hand.passTime(network, seconds))
    })
}

function cheatCommand(): Command {
  return personCommand('cheat', 'has the operator form a bad block')
    .argument('<cheat>', 'mint, double-spend, foreign-signature, phantom-input, withhold or forge')
    .option('--coin <position>', 'the output to steal, for double-spend and foreign-signature', amount)
    .action(async (name: string, { devnet, as, coin }: HandOptions & { coin?: bigint }) => {
      const { cheat } = await importDevnet(() => import('../../devnet/actor-cheat.ts'))
      await act(devnet, ({ hand, network }) =>
        cheat(network, { name, thief: hand.personOf(network, as), ...(coin !== undefined && { utxoPos: coin }) }),
      )
    })
}

type Hand = typeof import('../../devnet/actor-hand.ts')
type Devnet = Awaited<ReturnType<(typeof import('../../devnet/actor-devnet.ts'))['openDevnet']>>
type Report = readonly (readonly [name: string, value: string | bigint])[]

/**
 * Does something on a running devnet and prints what came of it.
 *
 * @throws {@link DevnetRefusedError} with the chain's, the operator's or the file system's own words.
 */
async function act(devnetFile: string, work: (at: { hand: Hand; network: Devnet }) => Promise<Report>): Promise<void> {
  const hand = await importDevnet(() => import('../../devnet/actor-hand.ts'))
  const { openDevnet } = await importDevnet(() => import('../../devnet/actor-devnet.ts'))
  try {
    const report = await work({ hand, network: await openDevnet(devnetFile) })
    for (const [name, value] of report) say(`${name.padEnd(18)} ${value}`)
  } catch (error) {
    throw error instanceof Error ? new DevnetRefusedError(error) : error
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

async function readKey(file: string): Promise<Hex> {
  const text = (await readFile(file, 'utf8')).trim()
  const bytes = parseHex(text.startsWith('0x') ? text : `0x${text}`)
  if (bytes?.length !== 32) throw new InvalidKeyFileError(file)
  return toHex(bytes)
}

function frameworkAddress(text: string): Address {
  const address = parseAddress(text)
  if (!address) throw new InvalidArgumentError('expected a 20-byte 0x address')
  return address
}

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('expected a whole number')
  return Number(text)
}

function amount(text: string): bigint {
  if (!/^\d{1,78}$/.test(text)) throw new InvalidArgumentError('expected a whole number')
  return BigInt(text)
}

/**
 * Loads a part of the devnet, which is no part of the installed package.
 *
 * @throws {@link DevelopmentOnlyError}
 */
export async function importDevnet<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') {
      throw new DevelopmentOnlyError(error)
    }
    throw error
  }
}

class DevelopmentOnlyError extends GuardError {
  override readonly code = 'DEVELOPMENT_ONLY'

  constructor(cause: Error) {
    super(
      'This command needs the development dependencies (local chain, compiler, contracts), which are not installed: ' +
        'clone the repository and run npm ci.',
      {},
      { cause },
    )
  }
}

/** What stands in the way, in one line: viem's errors carry the whole request behind it. */
class DevnetRefusedError extends GuardError {
  override readonly code = 'DEVNET_REFUSED'

  constructor(cause: Error) {
    const short = 'shortMessage' in cause && typeof cause.shortMessage === 'string' ? cause.shortMessage : cause.message
    super(short, {}, { cause })
  }
}

class InvalidKeyFileError extends GuardError {
  override readonly code = 'INVALID_KEY_FILE'

  constructor(file: string) {
    super(`${file} does not hold a private key: 32 bytes in hex.`, { file })
  }
}
