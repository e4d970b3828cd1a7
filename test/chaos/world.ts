import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { setAutomine } from '../../devnet/chain-control.ts'
import type { RootChainClient } from '../../devnet/wallet.ts'
import type { Hex } from '../../src/lib/bytes.ts'
import { openDatabaseReadOnly } from '../../src/store/database.ts'
import { type createEnds, openNetwork, start } from '../support/guarded-network.ts'
import { type Cheats, cheat } from './cheats.ts'
import { openTrapdoor } from './trapdoor.ts'

/** Nothing matures meanwhile, however many blocks are made. */
const WEEK = 604_800n

/** A network, and the home of a guard that lives and dies there. */
export async function openWorld(ends: ReturnType<typeof createEnds>) {
  const network = await openNetwork(ends, { minExitPeriodSeconds: WEEK })
  const trapdoor = await openTrapdoor(network.chain.url)
  ends.add('trapdoor', trapdoor.close)
  const folder = await mkdtemp(join(tmpdir(), 'guard-chaos-'))
  ends.add('folder', () => rm(folder, { recursive: true, force: true }))
  const { framework, accounts } = network.deployment
  const file = {
    rootChain: { urls: [trapdoor.url], plasmaFramework: framework },
    childChain: { url: network.operatorUrl },
    control: { port: 0 },
    data: './data',
  }
  await writeFile(join(folder, 'guard.yml'), stringify(file))
  const { address, privateKey } = accounts.guard
  const before = await network.client.getBalance({ address })
  const cheats: Cheats[] = []
  return {
    network,
    trapdoor,
    journal: join(folder, 'data'),
    startGuard: () => start(ends, { folder, environment: { PRIVATE_KEY: privateKey } }),
    /** Blocks come at once while people cheat, and every second after that. */
    cheat: async () => {
      await setAutomine(network.chain.url, true)
      cheats.push(await cheat(network))
      await network.time.go()
    },
    end: async () => {
      const ended = await endOf(join(folder, 'data'))
      const receipts = await receiptsOf(network.client, ended.hashes)
      const gas = receipts.reduce((sum, { gasUsed, effectiveGasPrice }) => sum + gasUsed * effectiveGasPrice, 0n)
      const sent = receipts.map(({ input, nonce, status }) => ({ input, nonce, status }))
      return {
        intents: ended.intents,
        exits: await Promise.all(cheats.map(({ state }) => state())),
        won: (await network.client.getBalance({ address })) + gas - before,
        sent: sent.sort((left, right) => left.nonce - right.nonce),
        nonce: await network.client.getTransactionCount({ address }),
        pending: await network.client.getTransactionCount({ address, blockTag: 'pending' }),
      }
    },
  }
}

export type World = Awaited<ReturnType<typeof openWorld>>

type Row = { key: string; state: string; outcome: string | null }

/** Intents with their ends, by what they achieve, and everything that was ever signed. */
function endOf(journal: string): Promise<{ intents: string[]; hashes: Hex[] }> {
  const database = openDatabaseReadOnly(journal)
  try {
    const rows = database.prepare<[], Row>(`select key, state, record ->> '$.outcome.outcome' as outcome from intents`)
    const hashes = database.prepare<[], Hex>('select tx_hash from versions').pluck()
    const intents = rows.all().filter(({ key }) => !key.startsWith('filler'))
    return Promise.resolve({
      // An occurrence names the transaction that it is of, whose hash no two chains share.
      intents: intents.map((row) => `${row.key.replaceAll(HASH, 'hash')} ${row.state} ${row.outcome ?? ''}`).sort(),
      hashes: hashes.all(),
    })
  } finally {
    database.close()
  }
}

const HASH = /0x[0-9a-f]{64}/g

async function receiptsOf(client: RootChainClient, hashes: readonly Hex[]) {
  const found = await Promise.all(
    hashes.map(async (hash) => {
      const receipt = await client.getTransactionReceipt({ hash }).catch(() => undefined)
      return receipt && { ...receipt, ...(await client.getTransaction({ hash })), status: receipt.status }
    }),
  )
  return found.filter((each) => each !== undefined)
}
