import { createHash } from 'node:crypto'
import type Sqlite from 'better-sqlite3'
import { decodeSignedTransaction, type HashOf } from '../plasma/transaction.ts'
import type { Hash, UtxoPos } from '../plasma/units.ts'
import { NOWHERE, outputKey } from './keys.ts'

export type Sightings = {
  /** Keeps a signed transaction, once; what is none is passed over. */
  sight: (signedTx: Uint8Array) => void
  /** Every one that names the output as an input, oldest first. */
  of: (utxoPos: UtxoPos) => readonly Uint8Array[]
}

/** Signed transactions that were seen outside applied blocks. Nothing ever leaves. */
export function createSightings(database: Sqlite.Database): Sightings {
  const insert = database.prepare('insert or ignore into sightings (digest, bytes) values (?, ?)')
  const name = database.prepare('insert or ignore into sighted_inputs values (?, ?)')
  const select = database
    .prepare<[number], Buffer>(
      'select bytes from sighted_inputs join sightings on id = sighting where output = ? order by sighting',
    )
    .pluck()
  return {
    sight: (signedTx) => {
      const decoded = decodeSignedTransaction(signedTx, unhashed)
      if (!decoded.ok) return
      const { changes, lastInsertRowid } = insert.run(createHash('sha256').update(signedTx).digest(), signedTx)
      if (changes === 0) return
      for (const utxoPos of decoded.value.transaction.inputs) {
        const key = outputKey(utxoPos)
        if (key !== undefined) name.run(key, lastInsertRowid)
      }
    },
    of: (utxoPos) => select.all(outputKey(utxoPos) ?? NOWHERE).map((bytes) => new Uint8Array(bytes)),
  }
}

/** For whoever does not ask for the hash, which costs more than all the rest. */
export const unhashed: HashOf = () => '0x' as Hash
