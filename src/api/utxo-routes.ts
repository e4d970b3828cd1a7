import { setImmediate as giveWay } from 'node:timers/promises'
import { exitData } from '../exit-game/exit-data.ts'
import { standardExitChallenge } from '../exit-game/standard-exit-challenge.ts'
import { toHex } from '../lib/bytes.ts'
import type { Output } from '../plasma/transaction.ts'
import type { Address, UtxoPos } from '../plasma/units.ts'
import type { Snapshot } from '../watcher/snapshot.ts'
import { answered } from './answer.ts'
import { exitingOutputs } from './exiting.ts'
import { bytes, integerAbove } from './params.ts'
import { described, post, type DescribedRoute } from './route.ts'
import { hexText, hexTextOf, integer, list, object } from './schema.ts'
import { utxoSchema, utxoView } from './utxo-view.ts'
import { answerOf, fromSnapshot, whileSeeing, type WatcherApi } from './watcher-api.ts'

/** What starts a standard exit, what challenges one, and what of an owner may be exited. */
export function utxoRoutes(api: WatcherApi): readonly DescribedRoute[] {
  return [
    described(
      {
        summary:
          'What starts a standard exit of an output, or proves it as an input of an in-flight exit; spent or not.',
        data: object({ utxo_pos: integer, txbytes: hexText, proof: hexTextOf(512) }),
      },
      post('/utxo.get_exit_data', { utxo_pos: integerAbove(0n) }, ({ utxo_pos: position }) =>
        fromSnapshot(api, ({ evidence }) => answerOf('get_utxo_exit', exitData(evidence, position as UtxoPos))),
      ),
    ),
    described(
      {
        summary: 'What challenges the standard exit of an output that was spent.',
        data: object({
          exit_id: integer,
          exiting_tx: hexText,
          txbytes: hexText,
          input_index: integer,
          sig: hexTextOf(65),
        }),
      },
      post('/utxo.get_challenge_data', { utxo_pos: integerAbove(0n) }, ({ utxo_pos: position }) =>
        fromSnapshot(api, (facts) =>
          answerOf('get_utxo_challenge', standardExitChallenge(facts, position as UtxoPos, api.recovery.framework)),
        ),
      ),
    ),
    described(
      { summary: 'The outputs of an owner that are neither spent nor in an exit.', data: list(utxoSchema) },
      post('/account.get_exitable_utxos', { address: bytes(20) }, ({ address }) =>
        whileSeeing(api, async (snapshot) => answered(await exitable(api, snapshot, toHex(address) as Address))),
      ),
    ),
  ]
}

/**
 * The index only says where to look: what is unspent is for the ledger to say. An owner may have a million outputs, so
 * everything else gets its turn in between.
 */
async function exitable({ index }: WatcherApi, snapshot: Snapshot, owner: Address): Promise<object[]> {
  const { positions: exiting } = exitingOutputs(snapshot)
  const places = index?.current(owner)
  const outputs = places ? unspentAt(places, snapshot, owner) : snapshot.ledger.unspentOf(owner)
  const found: object[] = []
  let seen = 0
  for (const [utxoPos, output] of outputs) {
    if (!exiting.has(utxoPos)) found.push(utxoView(utxoPos, output))
    if (++seen % AT_ONCE === 0) await giveWay()
  }
  return found
}

const AT_ONCE = 1_000

function* unspentAt(places: readonly UtxoPos[], { ledger }: Snapshot, owner: Address): Iterable<[UtxoPos, Output]> {
  for (const utxoPos of places) {
    const output = ledger.get(utxoPos)
    if (output?.owner === owner) yield [utxoPos, output]
  }
}
