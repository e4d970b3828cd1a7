import { describe, expect, test } from '@jest/globals'
import type { RemoteWatcher } from '../../src/chain/remote-watcher.ts'
import type { CompetitorData } from '../../src/exit-game/competitor-data.ts'
import { createRemoteWitness } from '../../src/guard/remote-witness.ts'
import { at } from '../support/transactions.ts'

const tx = Uint8Array.of(1)
const competitor: CompetitorData = {
  in_flight_txbytes: tx,
  in_flight_input_index: 1,
  competing_txbytes: Uint8Array.of(2),
  competing_input_index: 3,
  competing_sig: Uint8Array.of(4),
  competing_tx_pos: at(0n),
  competing_proof: new Uint8Array(),
  input_tx: Uint8Array.of(5),
  input_utxo_pos: at(7n),
}

function witness(different: Partial<RemoteWatcher>) {
  const silent = () => Promise.reject(new Error('not asked in this story'))
  const remote: RemoteWatcher = {
    status: silent,
    challengeData: silent,
    exitData: silent,
    inFlightExitData: silent,
    competitor: silent,
    canonicalProof: silent,
    inputChallenge: silent,
    outputChallenge: silent,
    ...different,
  }
  return createRemoteWitness('watcher', remote)
}

const refusing = (code: string) => async () => ({ ok: false as const, code })

describe('A remote Watcher as a witness', () => {
  test('passes on what it serves, as it stands on the wire', async () => {
    const { competitor: ask } = witness({ competitor: async () => ({ ok: true, data: competitor }) })
    expect(await ask(tx)).toEqual(competitor)
  })

  test('that refuses is asked again later', async () => {
    const { canonicalProof } = witness({ canonicalProof: refusing('prove_canonical:no_viable_canonical_proof_found') })
    await expect(canonicalProof(tx)).rejects.toMatchObject({
      code: 'WATCHER_REFUSED',
      retryable: true,
      message: expect.stringContaining('no_viable_canonical_proof_found'),
    })
  })
})

describe('What a remote Watcher knows of a piece before it is piggybacked', () => {
  test('a competitor on that input is a spend of it', async () => {
    const { inputSpend } = witness({ competitor: async () => ({ ok: true, data: competitor }) })
    expect(await inputSpend(tx, 1)).toEqual({
      in_flight_txbytes: tx,
      in_flight_input_index: 1,
      spending_txbytes: Uint8Array.of(2),
      spending_input_index: 3,
      spending_sig: Uint8Array.of(4),
      input_tx: Uint8Array.of(5),
      input_utxo_pos: at(7n),
    })
    expect(await inputSpend(tx, 0)).toBeUndefined()
  })

  test.each(['get_competitor:competitor_not_found', 'get_competitor:no_viable_competitor_found'])(
    '%s means that it knows of none',
    async (code) => {
      expect(await witness({ competitor: refusing(code) }).inputSpend(tx, 1)).toBeUndefined()
    },
  )

  test('that there is no double spend on the output means that it knows of none', async () => {
    const code = 'get_output_challenge_data:no_double_spend_on_particular_piggyback'
    expect(await witness({ outputChallenge: refusing(code) }).outputSpend(tx, 1)).toBeUndefined()
  })

  test.each(['get_competitor:ife_not_known_for_tx', 'operation:service_unavailable', 'unknown'])(
    '%s means that it could not look',
    async (code) => {
      await expect(witness({ competitor: refusing(code) }).inputSpend(tx, 1)).rejects.toMatchObject({ retryable: true })
    },
  )
})
