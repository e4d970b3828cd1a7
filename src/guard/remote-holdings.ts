import type { RemoteWatcher } from '../chain/remote-watcher.ts'
import {
  createdOutput,
  isSignedBy,
  type Coin,
  type HeldInput,
  type HeldTransaction,
  type Holdings,
} from '../exit-game/holdings.ts'
import type { OwnTransaction } from './own-transactions.ts'
import type { Address, UtxoPos } from '../plasma/units.ts'

type Asked = {
  /** The unspent outputs of an account that do not exit already. */
  exitableUtxos: (owner: Address) => Promise<readonly UtxoPos[]>
  remote: Pick<RemoteWatcher, 'exitData' | 'inFlightExitData'>
  own: ReadonlySet<Address>
  archived: readonly OwnTransaction[]
}

/**
 * What own accounts have, in the words of a Watcher that the user trusts. It does not say which transactions blocks
 * hold: one of ours is in flight as long as the outputs that it spends are unspent there.
 *
 * @throws a retryable GuardError when the Watcher gives no usable answer.
 */
export async function remoteHoldings(asked: Asked): Promise<Holdings> {
  const coins: Coin[] = []
  for (const owner of asked.own) {
    for (const utxoPos of await asked.exitableUtxos(owner)) {
      const coin = await readCoin(utxoPos, asked)
      if (coin && asked.own.has(coin.output.owner)) coins.push(coin)
    }
  }
  const unspent = new Set(coins.map(({ utxoPos }) => utxoPos))
  const transactions: HeldTransaction[] = []
  for (const known of asked.archived) {
    if (!isSignedBy(known, asked.own) || !known.transaction.inputs.some((utxoPos) => unspent.has(utxoPos))) continue
    transactions.push({ ...known, inputs: await readInputs(known, unspent, asked) })
  }
  return { coins, transactions }
}

async function readCoin(utxoPos: UtxoPos, { remote }: Asked): Promise<Coin | undefined> {
  const served = await remote.exitData(utxoPos)
  if (!served.ok) return undefined
  const data = { utxo_pos: utxoPos, txbytes: served.data.outputTx, proof: served.data.proof }
  const output = createdOutput(data)
  return output && { utxoPos, output, data, exit: 'none' }
}

async function readInputs(
  { transaction, signedTx }: OwnTransaction,
  unspent: ReadonlySet<UtxoPos>,
  { remote, own }: Asked,
): Promise<HeldInput[]> {
  const served = await remote.inFlightExitData(signedTx)
  return transaction.inputs.map((utxoPos, index) => {
    const proven = served.ok ? provenInput(served.data, utxoPos, index) : undefined
    if (!proven) return { utxoPos, isSpent: false }
    return { utxoPos, proven, isSpent: own.has(proven.output.owner) && !unspent.has(utxoPos) }
  })
}

type Served = Extract<Awaited<ReturnType<RemoteWatcher['inFlightExitData']>>, { ok: true }>['data']

function provenInput(
  { inputTxs, inputTxsInclusionProofs }: Served,
  utxoPos: UtxoPos,
  index: number,
): HeldInput['proven'] {
  const [txbytes, proof] = [inputTxs[index], inputTxsInclusionProofs[index]]
  if (!txbytes || !proof) return undefined
  const data = { utxo_pos: utxoPos, txbytes, proof }
  const output = createdOutput(data)
  return output && { output, data }
}
