import { isActive } from '../exit-game/activity.ts'
import { exitData } from '../exit-game/exit-data.ts'
import { standardExitChallenge } from '../exit-game/standard-exit-challenge.ts'
import { toHex } from '../lib/bytes.ts'
import { decodeUtxoPos, isDepositBlock } from '../plasma/position.ts'
import type { Output } from '../plasma/transaction.ts'
import type { Address, UtxoPos } from '../plasma/units.ts'
import type { Snapshot } from '../watcher/snapshot.ts'
import { answered } from './answer.ts'
import { bytes, integerAbove } from './params.ts'
import { refusal } from './refusals.ts'
import { post, type Route } from './route.ts'
import { answerOf, fromSnapshot, type WatcherApi } from './watcher-api.ts'

/** What starts a standard exit, what challenges one, and what of an owner may be exited. */
export function utxoRoutes(api: WatcherApi): readonly Route[] {
  return [
    post('/utxo.get_exit_data', { utxo_pos: integerAbove(0n) }, ({ utxo_pos: position }) =>
      fromSnapshot(api, ({ evidence }) => {
        const utxoPos = position as UtxoPos
        const spentDeposit = isDepositBlock(decodeUtxoPos(utxoPos).blknum) && !evidence.isUnspent(utxoPos)
        if (spentDeposit) return refusal('get_utxo_exit', 'no_deposit_for_given_blknum')
        return answerOf('get_utxo_exit', exitData(evidence, utxoPos))
      }),
    ),
    post('/utxo.get_challenge_data', { utxo_pos: integerAbove(0n) }, ({ utxo_pos: position }) =>
      fromSnapshot(api, (facts) =>
        answerOf('get_utxo_challenge', standardExitChallenge(facts, position as UtxoPos, api.recovery.framework)),
      ),
    ),
    post('/account.get_exitable_utxos', { address: bytes(20) }, ({ address }) =>
      fromSnapshot(api, (snapshot) => answered(exitable(snapshot, toHex(address) as Address))),
    ),
  ]
}

/** Unspent, and not in an exit already. */
function exitable({ ledger, game, evidence }: Snapshot, owner: Address): object[] {
  const exiting = new Set<UtxoPos>()
  for (const { status, utxoPos } of game.standardExits.values()) if (status === 'open') exiting.add(utxoPos)
  for (const exit of game.inFlightExits.values()) {
    if (isActive(exit, { game, evidence })) for (const { utxoPos } of exit.inputs) exiting.add(utxoPos)
  }
  return [...ledger.unspent()]
    .filter(([utxoPos, output]) => output.owner === owner && !exiting.has(utxoPos))
    .map(([utxoPos, output]) => utxo(utxoPos, output))
}

function utxo(utxoPos: UtxoPos, { outputType, owner, currency, amount }: Output): object {
  const { blknum, txIndex, outputIndex } = decodeUtxoPos(utxoPos)
  const place = { blknum, txindex: txIndex, oindex: outputIndex, utxo_pos: utxoPos }
  return { ...place, otype: outputType, owner, currency, amount }
}
