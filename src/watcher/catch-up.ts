import type { ChildChain } from './child-chain.ts'
import type { Downloads } from './downloads.ts'
import type { Draft, Facts } from './facts.ts'
import type { Fold } from './fold.ts'
import { giveWay } from './give-way.ts'
import type { ServedBlock } from './operator.ts'
import type { TransactionArchive } from './transaction-archive.ts'
import { nameOf, type Wanted } from './wanted.ts'

type Ports = {
  facts: Facts
  fold: Fold
  childChain: ChildChain
  downloads: Downloads
  archive: Pick<TransactionArchive, 'list'>
}

export type CatchUp = {
  /**
   * Applies every child block that can be applied, and looks at what signed transactions there are beside. Calls
   * `applied` after each block.
   */
  run: (signal: AbortSignal, applied: () => void) => Promise<void>
  /** The blocks that are needed, the most needed first. */
  missing: () => readonly Wanted[]
}

/** As many transactions are looked at before others get their turn. */
const AT_ONCE = 256

/** Brings the ledger to where the root chain is. */
export function createCatchUp(ports: Ports): CatchUp {
  const { facts, fold, childChain, downloads } = ports
  const witnessing = createPendingReader(ports)
  const sightArchived = createArchiveReader(ports)

  async function writeNews(): Promise<void> {
    const news = downloads.news()
    if (news.length === 0) return
    await facts.write((draft) => {
      for (const { wanted, since } of news) {
        if (since === undefined) draft.found(wanted)
        else draft.missing(wanted, since)
      }
    })
  }

  async function keepRejected(): Promise<void> {
    const halt = childChain.halt()
    if (halt?.because !== 'invalid' || facts.rejected(halt)) return
    await facts.write((draft) => {
      draft.reject(halt, halt.served)
    })
  }

  async function settle(signal: AbortSignal, applied: () => void): Promise<void> {
    while (!signal.aborted && (await stepOn())) applied()
    await keepRejected()
    await witnessing.read()
  }

  /** Facts and game as of one moment. */
  function stepOn(): Promise<boolean> {
    fold.refresh()
    return childChain.step(fold.game())
  }

  return {
    run: async (signal, applied) => {
      await writeNews()
      await sightArchived()
      // What was concluded of facts that are taken back meanwhile is concluded anew.
      let generation
      do {
        generation = facts.generation()
        await settle(signal, applied)
      } while (!signal.aborted && generation !== facts.generation())
    },
    missing: () => {
      const still = standsStill(childChain, downloads)
      const blocks = still ? childChain.pending() : childChain.upcoming()
      return blocks.filter((block) => !downloads.served(block) && !(still && witnessing.hasRead(block)))
    },
  }
}

/** Looks at what was served of blocks that cannot be applied: a signature in them is a proof. */
function createPendingReader({ facts, childChain, downloads }: Ports) {
  const seen = new WeakSet<ServedBlock>()
  const sighted = new Set<string>()
  return {
    hasRead: (block: Wanted) => sighted.has(nameOf(block)),
    read: async (): Promise<void> => {
      for (const block of standsStill(childChain, downloads) ? childChain.pending() : []) {
        const served = downloads.served(block)
        if (!served || seen.has(served.block)) continue
        await facts.write((draft) => sightAll(draft, served.block.transactions))
        seen.add(served.block)
        sighted.add(nameOf(block))
        if (nameOf(block) !== haltName(childChain)) downloads.forget(block)
      }
    },
  }
}

/** Own transactions are evidence from the moment on that somebody submits them. */
function createArchiveReader({ facts, archive }: Ports): () => Promise<void> {
  let read = 0
  return async () => {
    const submitted = archive.list(read)
    if (submitted.length === 0) return
    await facts.write((draft) =>
      sightAll(
        draft,
        submitted.map(({ signedTx }) => signedTx),
      ),
    )
    read += submitted.length
  }
}

/** A few at once, so that others get their turn. */
async function sightAll(draft: Draft, signedTxs: readonly Uint8Array[]): Promise<void> {
  for (let from = 0; from < signedTxs.length; from += AT_ONCE) {
    draft.sight(signedTxs.slice(from, from + AT_ONCE))
    await giveWay()
  }
}

function haltName(childChain: ChildChain): string | undefined {
  const halt = childChain.halt()
  return halt && nameOf(halt)
}

/** Whether it is known that the next block cannot be applied; before, later ones only wait for their turn. */
export function standsStill(childChain: ChildChain, downloads: Pick<Downloads, 'hasFailed'>): boolean {
  const halt = childChain.halt()
  if (!halt) return false
  return halt.because === 'invalid' || halt.because === 'unchecked' || downloads.hasFailed(halt)
}
