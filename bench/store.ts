import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Occurrence } from '../src/exit-game/contract-event.ts'
import { silentLogger } from '../src/lib/logger.ts'
import { toHex, uint256 } from '../src/lib/bytes.ts'
import type { Output } from '../src/plasma/transaction.ts'
import type { Address, Hash, Timestamp } from '../src/plasma/units.ts'
import { createFacts } from '../src/store/facts.ts'
import { openLedgerDatabase } from '../src/store/ledger-database.ts'
import type { Announced, ChainEvent, Facts } from '../src/watcher/facts.ts'

export const framework = `0x${'f0'.repeat(20)}` as Address
export const chain = { chainId: 31_337n, framework }

/** A ledger on this machine's disk, for as long as a bench runs. It may be closed and opened again meanwhile. */
export function openStore(folder = mkdtempSync(join(tmpdir(), 'plasma-guard-bench-'))) {
  let store = openFacts(folder)
  return {
    folder,
    facts: () => store.facts,
    close: () => {
      store.close()
    },
    open: () => {
      store = openFacts(folder)
    },
    remove: () => {
      store.close()
      rmSync(folder, { recursive: true })
    },
  }
}

export function openFacts(folder: string): { facts: Facts; close: () => void } {
  const database = openLedgerDatabase(folder, chain)
  return { facts: createFacts({ database, log: silentLogger }), close: database.close }
}

/** A root chain that only exists in what is said of it. */
export function createStory(facts: () => Facts) {
  let height = 0n

  function place(): { blockNumber: bigint; blockHash: Hash; timestamp: Timestamp; occurrence: Occurrence } {
    height += 1n
    const blockHash = toHex(uint256(height)) as Hash
    const timestamp = (1_600_000_000n + height * 15n) as Timestamp
    return { blockNumber: height, blockHash, timestamp, occurrence: { txHash: blockHash, rank: 0 } }
  }

  async function tell(event: ChainEvent, submitted: ReadonlyMap<bigint, { root: Hash; timestamp: Timestamp }>) {
    const { blockNumber: number, blockHash: hash, timestamp } = event
    await facts().write((draft) => {
      draft.add({ from: number, tip: { number, hash, timestamp }, events: [event], unreadable: [], submitted })
    })
  }

  return {
    deposit: (blknum: bigint, { owner, currency, amount }: Output) =>
      tell({ ...place(), type: 'DepositCreated', blknum, depositor: owner, token: currency, amount }, new Map()),
    submit: async (blknum: bigint, root: Hash): Promise<Announced> => {
      const event = { ...place(), type: 'BlockSubmitted' as const, blknum }
      await tell(event, new Map([[blknum, { root, timestamp: event.timestamp }]]))
      return { blknum, root, submittedAt: event.timestamp, event }
    },
    place,
    tell,
  }
}
