import { toHex } from '../../../src/lib/bytes.ts'
import type { Payment } from '../../actor-payment.ts'
import type { StartedExit } from '../../actor-standard-exit.ts'
import type { Claim } from '../fake-watcher.ts'

/** What a Watcher says of an exit that it takes for invalid. */
export function claimAbout(exit: StartedExit, challengeData: Readonly<Record<string, unknown>>): Claim {
  const { coin, receipt } = exit
  const { utxoPos, owner, currency, amount } = coin
  const details = {
    ...{ utxo_pos: utxoPos, owner, currency, amount },
    eth_height: receipt.blockNumber,
    root_chain_txhash: receipt.transactionHash,
    scheduled_finalization_time: 2_000_000_000n,
    spending_txhash: `0x${'5e'.repeat(32)}`,
  }
  return { details, challengeData }
}

/** Challenge data as a Watcher gives them; true only when the payment spends the coin and its owner signed. */
export function proof({ coin, exitId }: StartedExit, spender: Payment): Record<string, unknown> {
  return {
    exit_id: exitId,
    exiting_tx: toHex(coin.creator),
    txbytes: toHex(spender.raw),
    input_index: 0n,
    sig: toHex(spender.signatures[0] ?? new Uint8Array()),
  }
}
