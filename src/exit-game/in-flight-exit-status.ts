import type { Hex } from '../lib/bytes.ts'
import type { Hash } from '../plasma/units.ts'
import { isActive, isPending } from './activity.ts'
import type { Piggyback } from './piggyback.ts'
import type { Facts } from './spends.ts'

/** An active in-flight exit in the answer of `/status.get`; fields as on elixir-omg's wire. */
export type InFlightExitStatus = {
  txhash: Hash
  txbytes: Hex
  eth_height: bigint
  piggybacked_inputs: number[]
  piggybacked_outputs: number[]
}

/** The in-flight exits that are still going on. */
export function activeInFlightExits(facts: Facts): InFlightExitStatus[] {
  const active = [...facts.game.inFlightExits.values()].filter((exit) => isActive(exit, facts))
  return active.map(({ txHash, txBytes, started, piggybacks }) => ({
    txhash: txHash,
    txbytes: txBytes,
    eth_height: started.blockNumber,
    piggybacked_inputs: pending(piggybacks.input),
    piggybacked_outputs: pending(piggybacks.output),
  }))
}

function pending(piggybacks: readonly Piggyback[]): number[] {
  return piggybacks.flatMap((piggyback, index) => (isPending(piggyback) ? [index] : []))
}
