import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import Sqlite from 'better-sqlite3'
import { stringify } from 'yaml'
import type { Coin } from '../../devnet/actor-coin.ts'
import { gatherPeople } from '../../devnet/actor-network.ts'
import { startDevnetChain } from '../../devnet/devnet-chain.ts'
import type { Ends } from '../../devnet/drill/ends.ts'
import { startOperator } from '../../devnet/operator/start.ts'
import { encodeUtxoPos } from '../../src/plasma/position.ts'
import type { Wei } from '../../src/plasma/units.ts'

const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url))

/** A network whose root chain stands still unless somebody sends a transaction, so that two runs see the same. */
export async function openStillNetwork(ends: Ends) {
  const { chain, deployment } = await startDevnetChain({ mining: 'transactions' })
  ends.add('chain', chain.stop)
  const { framework, accounts, token } = deployment
  const at = { rootChain: chain.url, framework, authority: accounts.authority.privateKey, port: 0, control: false }
  const { operator, url, close } = await startOperator(at)
  ends.add('operator', close)
  const leaves = async (blknum: bigint) =>
    operator.block(blknum)?.transactions.map(({ transaction }) => transaction.raw) ?? []
  const people = gatherPeople({ url: chain.url, contracts: deployment, token, accounts, operatorUrl: url, leaves })
  const toll = await openToll(url)
  ends.add('toll', toll.close)
  return { ...people, chain, deployment, operator, toll }
}

export type StillNetwork = Awaited<ReturnType<typeof openStillNetwork>>

/** Alice and Bob pay each other, in every block once. */
export async function payToAndFro({ alice, bob, operator }: StillNetwork, coin: Coin, blocks: number) {
  const roots: string[] = []
  const coins = [coin]
  for (let [owner, other] = [alice, bob]; roots.length < blocks; [owner, other] = [other, owner]) {
    const last = coins.at(-1) ?? coin
    const kept = 1_000n as Wei
    const paid = (last.amount - kept) as Wei
    const payment = owner.sign(
      [last],
      [
        { to: other.address, amount: paid },
        { to: owner.address, amount: kept },
      ],
    )
    const taken = await operator.submit(payment.bytes)
    if (!taken.ok) throw new Error(taken.code)
    roots.push((await operator.formBlock()).root)
    const { blknum, txIndex } = taken.placed
    const utxoPos = encodeUtxoPos({ blknum, txIndex, outputIndex: 0 })
    coins.push({ ...last, utxoPos, owner: other.address, amount: paid })
  }
  return { roots, coins }
}

/** A way to the operator on which every question for a block is written down. */
async function openToll(target: string) {
  const asked: string[] = []
  let onBlock = () => {}
  let swallowing = false
  const server = createServer((incoming, outgoing) => {
    const parts: Buffer[] = []
    incoming.on('data', (part: Buffer) => parts.push(part))
    incoming.on('end', () => {
      const body = Buffer.concat(parts)
      if (incoming.url?.endsWith('/block.get')) {
        asked.push((JSON.parse(body.toString()) as { hash: string }).hash)
        onBlock()
      }
      if (swallowing && incoming.url?.endsWith('/transaction.submit')) {
        outgoing.destroy()
        return
      }
      const { method, headers } = incoming
      const onward = request(new URL(incoming.url ?? '/', target), { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(outgoing)
      })
      onward.on('error', () => outgoing.destroy())
      onward.end(body)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** The roots since this was last called. */
    take: () => asked.splice(0),
    asked: () => asked.length,
    /** Transactions are lost on the way while this is so. */
    swallow: (does: boolean) => {
      swallowing = does
    },
    onBlock: (listener: () => void) => {
      onBlock = listener
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** A folder with a configuration for both commands. */
export function makeFolder(ends: Ends, network: StillNetwork, more: object = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'watch-process-'))
  ends.add('folder', async () => {
    rmSync(folder, { recursive: true, force: true })
  })
  const config = {
    rootChain: { urls: [network.chain.url], plasmaFramework: network.deployment.framework },
    childChain: { url: network.toll.url },
    mode: 'observe',
    ...more,
  }
  writeFileSync(join(folder, 'guard.yml'), stringify(config))
  mkdirSync(join(folder, 'tmp'))
  return folder
}

export const WATCH = ['watch', '--port', '0', '--finality-margin-blocks', '0'] as const

type Launch = {
  args: readonly string[]
  /** No file may become larger than so many units of 512 bytes: what a full disk is to a database. */
  fileLimit?: number
  environment?: Record<string, string>
}

type Line = Readonly<Record<string, unknown>>

/** The program in a process of its own, with a folder of its own for what is temporary. */
export function launch(ends: Ends, folder: string, { args, fileLimit, environment = {} }: Launch) {
  const limit = fileLimit === undefined ? '' : `ulimit -f ${fileLimit}; `
  const command = [process.execPath, main, ...args, '--config', join(folder, 'guard.yml')]
  const child = spawn('/bin/sh', ['-c', `${limit}exec "$@"`, 'sh', ...command], {
    env: { PATH: process.env['PATH'] ?? '', TMPDIR: join(folder, 'tmp'), ...environment },
  })
  ends.add('process', () => void child.kill('SIGKILL'))
  const lines: Line[] = []
  let said = ''
  createInterface({ input: child.stdout }).on('line', (text) => {
    said += `${text}\n`
    if (args[0] !== 'exit') lines.push(JSON.parse(text) as Line)
  })
  let complaint = ''
  child.stderr.on('data', (bytes: Buffer) => (complaint += bytes.toString()))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  return {
    lines,
    ended,
    said: () => said,
    complaint: () => complaint,
    /** Resolves a little later, while the program runs. */
    soon: async () => {
      if (child.exitCode !== null) throw new Error(`The program ended: ${complaint}`)
      await pause(20)
    },
    stop: () => child.kill('SIGTERM'),
    kill: () => child.kill('SIGKILL'),
    until: async (isIt: (line: Line) => boolean): Promise<Line> => {
      for (;;) {
        const found = lines.find(isIt)
        if (found) return found
        if (child.exitCode !== null) throw new Error(`The program ended: ${complaint}`)
        await pause(20)
      }
    },
  }
}

export const says = (msg: string) => (line: Line) => line['msg'] === msg

/** The last block in a ledger, whether a program has it or none. */
export function appliedIn(ledgerFolder: string): number {
  const path = join(ledgerFolder, 'ledger.sqlite')
  if (!existsSync(path)) return 0
  const database = new Sqlite(path, { readonly: true })
  try {
    return database.prepare<[], number | null>('select max(blknum) from blocks').pluck().get() ?? 0
  } finally {
    database.close()
  }
}

type Envelope = { success: boolean; data: unknown }

/** Asks a watcher, as any client would. */
export async function ask(url: string, method: string, body: object = {}): Promise<unknown> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${url}/${method}`, { method: 'POST', headers, body: JSON.stringify(body) })
  const { success, data } = (await response.json()) as Envelope
  return success ? data : { refused: data }
}

type Status = {
  last_mined_child_block_number: number
  last_validated_child_block_number: number
  byzantine_events: { event: string }[]
}

/** Asks until the watcher is where the root chain is. */
export async function caughtUp(url: string, isIt: (status: Status) => boolean = () => true): Promise<Status> {
  for (;;) {
    const status = (await ask(url, 'status.get').catch(() => undefined)) as Partial<Status> | undefined
    const { last_mined_child_block_number: mined, last_validated_child_block_number: validated } = status ?? {}
    if (mined !== undefined && mined > 0 && mined === validated && isIt(status as Status)) return status as Status
    await pause(50)
  }
}
