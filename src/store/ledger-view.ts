import type Sqlite from 'better-sqlite3'
import type { LedgerView, Place } from '../plasma/ledger.ts'
import { leafHash, merkleProof, proofInSubtree, SUBTREE_LEAVES, verifyProof } from '../plasma/merkle.ts'
import { decodeSignedTransaction, type HashOf, type Output, type SignedTransaction } from '../plasma/transaction.ts'
import type { Hash } from '../plasma/units.ts'
import { blockKey, NOWHERE, outputKey, PIECES, placeAt, placeKey, utxoPosAt } from './keys.ts'
import { createOwners } from './owners.ts'
import { outputIn } from './packed-outputs.ts'
import { unhashed } from './sightings.ts'
import { StoreCorruptError } from './store-fault.ts'

type BlockRow = { transactions: number; nodes: Buffer; root: string }

const CHILD_BLOCK_INTERVAL = 1000n

/** The ledger as one connection sees it. */
export function createLedgerView(database: Sqlite.Database): LedgerView {
  const last = database.prepare<[], number | null>('select max(blknum) from blocks').pluck()
  const deposit = database.prepare<[number], Buffer | null>('select raw from deposits where blknum = ?').pluck()
  const signedAt = createSignedAt(database)
  const spend = createSpend(database, signedAt)
  const blockProof = createBlockProof(database)

  function depositAt({ blknum, txIndex }: Place): Uint8Array | undefined {
    const raw = txIndex === 0 ? deposit.get(blockKey(blknum) ?? NOWHERE) : undefined
    return raw ? new Uint8Array(raw) : undefined
  }

  return {
    nextBlknum: () => BigInt(last.get() ?? 0) + CHILD_BLOCK_INTERVAL,
    ...createUnspent(database),
    spend,
    inclusion: ({ txHash, inputs: [first] }) => {
      const found = first === undefined ? undefined : spend(first)
      return found?.txHash === txHash ? { blknum: found.blknum, txIndex: found.txIndex } : undefined
    },
    signedTransaction: (place) => signedAt(place),
    rawTransaction: (place) => signedAt(place, unhashed)?.transaction.raw ?? depositAt(place),
    inclusionProof: (place) => {
      const raw = depositAt(place)
      return raw ? merkleProof([leafHash(raw)], 0) : blockProof(place)
    },
  }
}

function createUnspent(database: Sqlite.Database): Pick<LedgerView, 'get' | 'unspentOf'> {
  const unspent = database
    .prepare<[number, number], Buffer>(
      'select packed from outputs where place = ? and not exists (select 1 from spends where output = ?)',
    )
    .pluck()
  const owners = createOwners(database)

  function outputAt(key: number): Output | undefined {
    const index = key % PIECES
    const packed = unspent.get((key - index) / PIECES, key)
    return packed && outputIn(packed, index)
  }

  return {
    get: (utxoPos) => {
      const key = outputKey(utxoPos)
      return key === undefined ? undefined : outputAt(key)
    },
    *unspentOf(owner) {
      for (const key of owners.of(owner)) {
        const output = outputAt(key)
        if (output?.owner === owner) yield [utxoPosAt(key), output]
      }
    },
  }
}

type SignedAt = (place: Place, hashOf?: HashOf) => SignedTransaction | undefined

function createSignedAt(database: Sqlite.Database): SignedAt {
  const signed = database.prepare<[number], Buffer>('select bytes from transactions where place = ?').pluck()
  return (place, hashOf) => {
    const key = placeKey(place)
    const bytes = key === undefined ? undefined : signed.get(key)
    return bytes && read(bytes, hashOf)
  }
}

function createSpend(database: Sqlite.Database, signedAt: SignedAt): LedgerView['spend'] {
  const spender = database.prepare<[number], number | null>('select input from spends where output = ?').pluck()
  return (utxoPos) => {
    const input = spender.get(outputKey(utxoPos) ?? NOWHERE)
    if (input === undefined || input === null) return undefined
    const inputIndex = input % PIECES
    const place = placeAt((input - inputIndex) / PIECES)
    const signed = signedAt(place)
    if (!signed) throw new StoreCorruptError(`no transaction ${place.txIndex} in block ${String(place.blknum)}`)
    return { ...place, inputIndex, txHash: signed.transaction.txHash }
  }
}

/** Proves what child blocks hold: rehashes the transactions around, and holds the proof against the block's root. */
function createBlockProof(database: Sqlite.Database): (place: Place) => Uint8Array | undefined {
  const block = database.prepare<[number], BlockRow>(
    'select transactions, nodes, root from blocks join submissions using (blknum) where blknum = ?',
  )
  const around = database
    .prepare<[number, number], Buffer>('select bytes from transactions where place >= ? and place < ? order by place')
    .pluck()
  return (place) => {
    const key = placeKey(place)
    const row = block.get(blockKey(place.blknum) ?? NOWHERE)
    if (key === undefined || !row || place.txIndex >= row.transactions) return undefined
    const inside = place.txIndex % SUBTREE_LEAVES
    const raws = around
      .all(key - inside, key - inside + SUBTREE_LEAVES)
      .map((bytes) => read(bytes, unhashed).transaction.raw)
    const leaf = raws[inside]
    const leafHashes = raws.map((raw) => leafHash(raw))
    const proof = leaf && proofInSubtree(leafHashes, { nodes: new Uint8Array(row.nodes), index: place.txIndex })
    if (!proof || !verifyProof({ root: row.root as Hash, leaf, index: place.txIndex, proof })) {
      throw new StoreCorruptError(`block ${String(place.blknum)} is not what its root names`)
    }
    return proof
  }
}

/** What was written was a transaction. */
function read(bytes: Buffer, hashOf?: HashOf): SignedTransaction {
  const decoded = decodeSignedTransaction(new Uint8Array(bytes), hashOf)
  if (!decoded.ok) throw new StoreCorruptError(`a transaction is ${decoded.error}`)
  return decoded.value
}
