import { z } from 'zod'
import type { Address, UtxoPos } from '../plasma/units.ts'
import { parseEnvelope } from './envelope.ts'
import { methodUrl, postJson } from './http-json.ts'
import { RemoteWatcherError } from './remote-watcher.ts'
import { uint } from './wire.ts'

const METHOD = 'account.get_exitable_utxos'
const LIMITS = { timeoutMs: 60_000, maxBytes: 128 * 1024 * 1024 }

const utxos = z.array(z.object({ utxo_pos: uint.transform((value) => value as UtxoPos) }))

/**
 * The unspent outputs of an account without those that exit already, as a Watcher of v1.0.x serves them.
 *
 * @throws {@link RemoteWatcherError}, {@link HttpJsonError}
 */
export async function readExitableUtxos(url: string, owner: Address): Promise<readonly UtxoPos[]> {
  const envelope = parseEnvelope(await postJson(methodUrl(url, METHOD), { address: owner }, LIMITS))
  if (!envelope) throw new RemoteWatcherError(METHOD, 'no envelope')
  if (!envelope.ok) throw new RemoteWatcherError(METHOD, envelope.code)
  const parsed = utxos.safeParse(envelope.data)
  if (!parsed.success) throw new RemoteWatcherError(METHOD, 'data of an unknown shape')
  return parsed.data.map(({ utxo_pos: utxoPos }) => utxoPos)
}
