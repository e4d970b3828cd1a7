import type { Hex } from '../../src/lib/bytes.ts'
import { ETH } from '../../src/plasma/units.ts'
import { alice, type Signer } from '../support/signers.ts'
import { network } from '../watcher/network.ts'
import { useInfoApi } from './serve.ts'

export const info = 'watcher_info'

type Made = {
  inputs: { utxo_pos: bigint }[]
  outputs: { amount: bigint; owner: string }[]
  fee: object
  metadata: string | null
  txbytes: Hex
  sign_hash: Hex
  typed_data: { domain: object; message: Record<string, unknown> }
}
type Advice = { result?: string; transactions: Made[] }

export const advice = (envelope: Record<string, unknown>) => envelope['data'] as Advice
export const only = (envelope: Record<string, unknown>): Made => {
  const [made, ...more] = advice(envelope).transactions
  if (!made || more.length > 0) throw new Error('expected one transaction')
  return made
}
export const spent = ({ inputs }: Made) => inputs.map(({ utxo_pos }) => utxo_pos)
export const paid = ({ outputs }: Made) => outputs.map(({ owner, amount }) => [owner, amount])
export const to = ({ address }: Signer, amount: bigint, currency = ETH) => ({ owner: address, amount, currency })

/** Serves the Info API where Alice has these amounts of ether, in the order of her deposits; a payment costs 1. */
export function useAlice() {
  const serving = useInfoApi()
  return async (amounts: readonly bigint[], different: Parameters<typeof serving>[1] = {}) => {
    const net = network()
    const served = serving(net, different)
    const coins = amounts.map((amount) => net.deposit(alice, amount))
    await served.look()
    const create = (payments: readonly object[], more: object = {}) =>
      served.post('/transaction.create', { owner: alice.address, payments, fee: { currency: ETH }, ...more })
    return { net, coins, create, ...served }
  }
}
