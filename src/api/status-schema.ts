import { addressText, atLeast, hashText, hexText, integer, list, orNull, text, truth, type Schema } from './schema.ts'

const beginning = atLeast({ eth_height: integer, timestamp: orNull(integer) })
const transaction = { txhash: hashText, blknum: orNull(integer), txindex: orNull(integer) }
const spend = atLeast({ type: { enum: ['input', 'output'] }, index: integer, ...transaction })
const brokenRule = atLeast({ rule: text, reason: orNull(text), txindex: orNull(integer) })
/** What elixir-omg does not say of an event. */
const explanation = {
  byzantine_since: beginning,
  cause: { anyOf: [atLeast(transaction), list(spend), brokenRule, { type: 'null' }] },
  deadline: orNull(integer),
}

const owned = atLeast({ index: integer, address: addressText })
const exit = atLeast({
  ...explanation,
  name: { enum: ['invalid_exit', 'unchallenged_exit'] },
  amount: integer,
  currency: addressText,
  eth_height: integer,
  owner: addressText,
  root_chain_txhash: hashText,
  scheduled_finalization_time: integer,
  spending_txhash: orNull(hashText),
  utxo_pos: integer,
})
const inFlightExit = atLeast({
  ...explanation,
  name: { enum: ['non_canonical_ife', 'unchallenged_non_canonical_ife', 'invalid_ife_challenge'] },
  txbytes: hexText,
})
const piggyback = atLeast({
  ...explanation,
  name: { enum: ['invalid_piggyback', 'unchallenged_piggyback'] },
  txbytes: hexText,
  inputs: list(integer),
  outputs: list(integer),
})
const available = atLeast({
  ...explanation,
  name: { const: 'piggyback_available' },
  txbytes: hexText,
  available_inputs: list(owned),
  available_outputs: list(owned),
})
const block = { blknum: integer, hash: hashText, ...explanation }
const invalidBlock = atLeast({ name: { const: 'invalid_block' }, error_type: text, ...block })
const withholding = atLeast({ name: { const: 'block_withholding' }, ...block })

const details: Schema = { oneOf: [exit, inFlightExit, piggyback, available, invalidBlock, withholding] }

/** The data of `/status.get`; there may be more than is named here. */
export const statusSchema: Schema = atLeast({
  byzantine_events: list(atLeast({ event: text, details })),
  byzantine_since: orNull(beginning),
  secure: truth,
  contract_addr: atLeast({
    plasma_framework: addressText,
    eth_vault: addressText,
    erc20_vault: addressText,
    payment_exit_game: addressText,
  }),
  eth_syncing: truth,
  in_flight_exits: list(
    atLeast({
      txhash: hashText,
      txbytes: hexText,
      eth_height: integer,
      piggybacked_inputs: list(integer),
      piggybacked_outputs: list(integer),
    }),
  ),
  last_mined_child_block_number: integer,
  last_mined_child_block_timestamp: integer,
  last_seen_eth_block_number: integer,
  last_seen_eth_block_timestamp: integer,
  last_validated_child_block_number: integer,
  last_validated_child_block_timestamp: integer,
  services_synced_heights: list(atLeast({ service: text, height: integer })),
})
