import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { GuardError } from '../src/lib/errors.ts'
import { tie } from './leash.ts'
import { packageFile } from './package-files.ts'

/** Anvil's own well-known words: its accounts are rich on every devnet and worthless everywhere else. */
export const MNEMONIC = 'test test test test test test test test test test test junk'

const GAS_LIMIT = 60_000_000
const START_LIMIT_MS = 20_000
const STOP_LIMIT_MS = 3_000

/**
 * When blocks are made: `mixed` at once for each transaction and one every second, `transactions` for each transaction
 * only (for tests), `demand` by {@link mine} only.
 */
type Mining = 'mixed' | 'transactions' | 'demand'

export type ChainOptions = {
  /** 0, the default, is any free port. */
  port?: number
  /** Default `mixed`. */
  mining?: Mining
  /** A file with a whole chain to go on from: what `dumpState` gave. */
  statePath?: string
  /** Of a block; default 60 million. */
  gasLimit?: number
}

export type Chain = {
  /** JSON-RPC over HTTP; the same port serves WebSockets. */
  url: string
  pid: number
  /** Resolves when the chain has ended, by {@link Chain.stop} or by itself. */
  ended: Promise<void>
  /** Ends the chain and everything in it. Safe to call twice. */
  stop: () => Promise<void>
}

class ChainNotStartedError extends GuardError {
  override readonly code = 'CHAIN_NOT_STARTED'

  constructor(said: string) {
    super(`The local chain did not start: ${said}`, { said })
  }
}

/**
 * Starts a private Ethereum chain (anvil) on the loopback interface. It dies with this process, however that ends.
 *
 * @throws {@link ChainNotStartedError} when the port is taken or the state file is no state.
 * @throws {@link DevelopmentDependencyMissingError} when anvil is not installed.
 */
export async function startChain(options: ChainOptions = {}): Promise<Chain> {
  const child = spawn(anvilPath(), anvilArguments(options), { stdio: ['ignore', 'pipe', 'pipe'] })
  const url = await listening(child)
  const { pid } = child
  if (pid === undefined) throw new ChainNotStartedError('it has no process id')
  const leash = tie(pid)
  unreference(leash.stdin)
  child.unref()
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve()
    })
  })
  return { url, pid, ended, stop: () => stop(child, { leash, ended }) }
}

function anvilArguments({ port = 0, mining = 'mixed', statePath, gasLimit = GAS_LIMIT }: ChainOptions): string[] {
  const fixed = ['--mnemonic', MNEMONIC, '--gas-limit', String(gasLimit), '--disable-code-size-limit']
  const modes: Record<Mining, string[]> = {
    mixed: ['--mixed-mining', '--block-time', '1'],
    transactions: [],
    demand: ['--no-mining'],
  }
  const state = statePath === undefined ? [] : ['--load-state', statePath]
  return ['--port', String(port), '--no-request-size-limit', ...fixed, ...modes[mining], ...state]
}

/** The platform's own binary, without the Node script before it, so that a signal reaches the chain itself. */
function anvilPath(): string {
  const system = process.platform === 'win32' ? 'win32' : process.platform
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch
  const name = `@foundry-rs/anvil-${system}-${architecture}`
  const folder = dirname(packageFile(`${name}/package.json`))
  const path = join(folder, 'bin', process.platform === 'win32' ? 'anvil.exe' : 'anvil')
  if (!existsSync(path)) throw new ChainNotStartedError(`there is no ${path}`)
  return path
}

/** Resolves with the URL as soon as anvil prints it: from then on it answers. */
async function listening(child: ChildProcess): Promise<string> {
  let said = ''
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      child.kill('SIGKILL')
      failed('it was silent for too long')
    }, START_LIMIT_MS)
    function failed(reason: string) {
      clearTimeout(limit)
      reject(new ChainNotStartedError(reason))
    }
    function hear(text: Buffer) {
      said += text.toString()
      const address = /Listening on (\S+)/.exec(said)?.[1]
      if (address === undefined) return
      clearTimeout(limit)
      ignore(child)
      resolve(`http://${address}`)
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
    child.once('error', (error) => {
      failed(error.message)
    })
    child.once('exit', () => {
      failed(said.trim().split('\n').at(-1) ?? 'it ended')
    })
  })
}

/** Anvil goes on printing every block and would stand still on a full pipe. */
function ignore(child: ChildProcess): void {
  for (const stream of [child.stdout, child.stderr]) {
    stream?.removeAllListeners('data')
    stream?.resume()
    unreference(stream)
  }
}

/** An open pipe would keep this process from ending. */
function unreference(pipe: unknown): void {
  if (pipe instanceof Socket) pipe.unref()
}

async function stop(
  child: ChildProcess,
  { leash, ended }: { leash: ChildProcess; ended: Promise<void> },
): Promise<void> {
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS)
  await ended
  clearTimeout(late)
  leash.kill('SIGKILL')
}
