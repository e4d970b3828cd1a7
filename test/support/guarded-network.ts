import { mkdtemp, rm } from 'node:fs/promises'
import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { gatherPeople } from '../../devnet/actor-network.ts'
import { startDevnetChain } from '../../devnet/devnet-chain.ts'
import { createEnds, type Ends } from '../../devnet/drill/ends.ts'
import { createTime } from '../../devnet/drill/time.ts'
import { startOperator } from '../../devnet/operator/start.ts'
import { connect } from '../../devnet/wallet.ts'

const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url))

/** A plasma network with people on it, as the drill has one. */
export async function openNetwork(ends: Ends, options: Parameters<typeof startDevnetChain>[0] = {}) {
  const { chain, deployment } = await startDevnetChain(options)
  ends.add('chain', chain.stop)
  const { framework, accounts, token } = deployment
  const settings = {
    rootChain: chain.url,
    framework,
    authority: accounts.authority.privateKey,
    port: 0,
    control: false,
  }
  const { operator, url, close } = await startOperator(settings)
  ends.add('operator', close)
  const leaves = async (blknum: bigint) =>
    operator.block(blknum)?.transactions.map(({ transaction }) => transaction.raw) ?? []
  const people = gatherPeople({ url: chain.url, contracts: deployment, token, accounts, operatorUrl: url, leaves })
  const client = connect(chain.url)
  return { ...people, chain, deployment, operator, operatorUrl: url, client, time: createTime(chain.url, client) }
}

export type Network = Awaited<ReturnType<typeof openNetwork>>

/** Mallory deposits, pays Bob, and exits the deposit all the same. */
export async function malloryCheats({ mallory, bob, operator }: Network) {
  const coin = await mallory.depositEther(10n ** 18n)
  await mallory.pay(coin, bob)
  await operator.formBlock()
  return mallory.startStandardExit(coin)
}

type Line = Readonly<Record<string, unknown>>

/** A guard in a process and a folder of its own. */
export function startGuard(ends: Ends, file: object, environment: Record<string, string>) {
  return startIn(ends, file, { environment, args: ['run'] })
}

/** The same as a service of the MESG engine that the environment names. */
export function startService(ends: Ends, file: object, environment: Record<string, string>) {
  return startIn(ends, file, { environment, args: ['mesg'] })
}

/** Our own Watcher in a process and a folder of its own, for guards that listen to one. */
export function startWatcher(ends: Ends, file: object) {
  const args = ['watch', '--port', '0', '--no-info', '--finality-margin-blocks', '0']
  return startIn(ends, file, { environment: {}, args })
}

async function startIn(ends: Ends, file: object, program: Omit<Program, 'folder'>) {
  const folder = await mkdtemp(join(tmpdir(), 'guard-test-'))
  ends.add('folder', () => rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, 'guard.yml'), stringify(file))
  return start(ends, { folder, ...program })
}

type Program = { folder: string; environment: Record<string, string>; args?: readonly string[] }

/** A program of the package, in a folder that holds its `guard.yml`. */
export function start(ends: Ends, { folder, environment, args = ['run'] }: Program) {
  const child = spawn(process.execPath, [main, ...args, '--config', join(folder, 'guard.yml')], {
    env: { PATH: process.env['PATH'] ?? '', ...environment },
  })
  ends.add('guard', () => void child.kill('SIGKILL'))
  const lines: Line[] = []
  createInterface({ input: child.stdout }).on('line', (text) => lines.push(JSON.parse(text) as Line))
  let complaint = ''
  child.stderr.on('data', (bytes: Buffer) => (complaint += bytes.toString()))
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  return {
    folder,
    lines,
    ended,
    stop: () => child.kill('SIGTERM'),
    kill: () => child.kill('SIGKILL'),
    complaint: () => complaint,
    until: async (isIt: (line: Line) => boolean): Promise<Line> => {
      for (;;) {
        const found = lines.find(isIt)
        if (found) return found
        if (child.exitCode !== null) throw new Error(`The guard ended: ${complaint}`)
        await pause(50)
      }
    },
  }
}

export { createEnds }
