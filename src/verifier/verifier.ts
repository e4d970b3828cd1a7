import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Logger } from '../lib/logger.ts'
import { assembleBlock, cutIntoSlices } from '../plasma/assemble-block.ts'
import { checkServing } from '../plasma/block.ts'
import type { Address } from '../plasma/units.ts'
import type { BlockChecks } from '../watcher/block-checks.ts'
import { createPool, type Pool } from './pool.ts'
import { availableLibrary, loadTools, type Library, type Tools } from './tools.ts'
import type { ThreadConfig } from './worker.ts'

export type Verifier = {
  check: BlockChecks
  /** The same tools for single transactions, in this thread. */
  recovery: Tools
  /** What is still being checked is rejected. */
  close: () => Promise<void>
}

type Config = {
  framework: Address
  log: Logger
  /** How many threads. */
  workers?: number
  /** Who recovers signers; the faster one that there is when it is not given. */
  library?: Library
}

const MOST_WORKERS = 8

/** Checks whole blocks in threads of its own. To be closed: threads keep a process alive. */
export async function createVerifier({
  framework,
  log,
  workers = Math.min(availableParallelism(), MOST_WORKERS),
  library = availableLibrary(),
}: Config): Promise<Verifier> {
  const recovery = await loadTools(library)
  const pool = createPool({ spawn: () => spawnThread({ framework, library }), log }, workers)
  if (library === 'native') log.info({ recovery: library, workers }, 'verifier started')
  else log.warn({ recovery: library, workers }, 'no native secp256k1 here: blocks are checked much slower')
  return { check: blockChecks(pool, recovery), recovery, close: pool.close }
}

function blockChecks(pool: Pool, { keccak }: Tools): BlockChecks {
  return async ({ blknum, root }, served) => {
    const serving = { requested: { hash: root, blknum }, served }
    const slices = checkServing(serving) ? [] : cutIntoSlices(served.transactions)
    const checked = await Promise.all(
      slices.map(async ({ from, transactions }) => ({ from, checked: await pool.check(transactions) })),
    )
    return assembleBlock(serving, checked, keccak)
  }
}

function spawnThread(config: ThreadConfig): Worker {
  const entry = import.meta.url.endsWith('.ts') ? './worker-from-sources.mjs' : './worker.js'
  return new Worker(new URL(entry, import.meta.url), { workerData: config })
}
