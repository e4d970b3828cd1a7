import { z } from 'zod'
import type { PlannedInFlightExit, PlannedStandardExit } from '../exit-game/exit-plan.ts'
import { toHex } from '../lib/bytes.ts'
import { address, bytes, decimal, index, utxoPos } from './fields.ts'
import type { Fields } from './task.ts'

/** Tasks get no longer lists than anybody can leave with. */
const MOST_EXITS = 100_000
const MOST_PIECES = 4

const few = <Shape extends z.ZodType>(shape: Shape) => z.array(shape).max(MOST_PIECES)

/** An in-flight exit to start and to join, as it crosses between the tasks of a process. */
export const inFlightExits = z
  .array(
    z
      .object({
        exit_id: decimal,
        in_flight_tx: bytes,
        input_txs: few(bytes),
        input_utxos_pos: few(utxoPos),
        input_txs_inclusion_proofs: few(bytes),
        in_flight_tx_sigs: few(bytes),
        piggyback_inputs: few(index),
        piggyback_outputs: few(index),
        add_exit_queues: z.array(address).max(2 * MOST_PIECES),
      })
      .transform(({ exit_id: exitId, piggyback_inputs: inputs, piggyback_outputs: outputs, ...rest }) => {
        const { add_exit_queues: addExitQueues, ...data } = rest
        return { exitId, data, inputs, outputs, addExitQueues }
      }),
  )
  .max(MOST_EXITS)

/** A standard exit to start. */
export const standardExits = z
  .array(
    z
      .object({ exit_id: decimal, utxo_pos: utxoPos, txbytes: bytes, proof: bytes, add_exit_queue: z.boolean() })
      .transform(({ exit_id: exitId, add_exit_queue: addExitQueue, ...data }) => ({ exitId, data, addExitQueue })),
  )
  .max(MOST_EXITS)

export type InFlightExitOrder = z.output<typeof inFlightExits>[number]
export type StandardExitOrder = z.output<typeof standardExits>[number]

/** What starts a planned in-flight exit. */
export function orderInFlight({ exitId, data, piggybacks, addExitQueues }: PlannedInFlightExit): InFlightExitOrder {
  const of = (wanted: 'input' | 'output') => piggybacks.flatMap(({ side, index: at }) => (side === wanted ? [at] : []))
  return {
    exitId,
    data: {
      ...data,
      input_txs: [...data.input_txs],
      input_utxos_pos: [...data.input_utxos_pos],
      input_txs_inclusion_proofs: [...data.input_txs_inclusion_proofs],
      in_flight_tx_sigs: [...data.in_flight_tx_sigs],
    },
    inputs: of('input'),
    outputs: of('output'),
    addExitQueues: [...addExitQueues],
  }
}

export function inFlightOnWire({ exitId, data, inputs, outputs, addExitQueues }: InFlightExitOrder): Fields {
  return {
    exit_id: exitId.toString(),
    in_flight_tx: toHex(data.in_flight_tx),
    input_txs: data.input_txs.map(toHex),
    input_utxos_pos: data.input_utxos_pos.map(String),
    input_txs_inclusion_proofs: data.input_txs_inclusion_proofs.map(toHex),
    in_flight_tx_sigs: data.in_flight_tx_sigs.map(toHex),
    piggyback_inputs: inputs,
    piggyback_outputs: outputs,
    add_exit_queues: addExitQueues,
  }
}

export function standardOnWire({ exitId, data, output, addExitQueue }: PlannedStandardExit): Fields {
  return {
    exit_id: exitId.toString(),
    utxo_pos: data.utxo_pos.toString(),
    txbytes: toHex(data.txbytes),
    proof: toHex(data.proof),
    currency: output.currency,
    amount: output.amount.toString(),
    add_exit_queue: addExitQueue,
  }
}
