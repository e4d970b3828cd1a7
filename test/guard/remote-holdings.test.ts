import { describe, expect, test } from '@jest/globals'
import { exitData, inFlightExitData } from '../../src/exit-game/exit-data.ts'
import { decodeSignedTransaction, type SignedTransaction } from '../../src/plasma/transaction.ts'
import type { UtxoPos } from '../../src/plasma/units.ts'
import { remoteHoldings } from '../../src/guard/remote-holdings.ts'
import { childChain, type ChildChain } from '../support/exits.ts'
import { known } from '../support/holdings.ts'
import { alice, bob, mallory } from '../support/signers.ts'
import { at, pay, payment } from '../support/transactions.ts'

type Asked = Parameters<typeof remoteHoldings>[0]

/** A Watcher of v1.0.x over a chain. It says nothing of what blocks hold beside exit data. */
function watcherOf(chain: ChildChain): Pick<Asked, 'exitableUtxos' | 'remote'> {
  return {
    exitableUtxos: async (owner) =>
      [...chain.ledger.unspent()].flatMap(([utxoPos, output]) => (output.owner === owner ? [utxoPos] : [])),
    remote: {
      exitData: async (utxoPos) => {
        const found = exitData(chain.evidence, utxoPos)
        if (!found.ok) return { ok: false, code: 'exit:invalid' }
        const { utxo_pos, txbytes, proof } = found.data
        return { ok: true, data: { utxoPos: utxo_pos, outputTx: txbytes, proof } }
      },
      inFlightExitData: async (signedTx) => {
        const decoded = decodeSignedTransaction(signedTx)
        const found = decoded.ok ? inFlightExitData(chain.evidence, decoded.value) : undefined
        if (!found?.ok) return { ok: false, code: 'in_flight_exit:tx_for_input_not_found' }
        const { data } = found
        return {
          ok: true,
          data: {
            inFlightTx: data.in_flight_tx,
            inputTxs: [...data.input_txs],
            inputUtxosPos: [...data.input_utxos_pos],
            inputTxsInclusionProofs: [...data.input_txs_inclusion_proofs],
            signatures: [...data.in_flight_tx_sigs],
          },
        }
      },
    },
  }
}

function holdings(chain: ChildChain, archived: readonly SignedTransaction[] = [], different: Partial<Asked> = {}) {
  const own = new Set([alice.address])
  const transactions = archived.map((signed) => ({ ...known(signed), signedTx: signed.bytes }))
  return remoteHoldings({ ...watcherOf(chain), own, archived: transactions, ...different })
}

describe('holdings by the word of a trusted Watcher', () => {
  test('are the exitable outputs with what exits them', async () => {
    const chain = childChain()
    const utxoPos = chain.deposit(alice, 5n)
    chain.deposit(bob, 5n)
    const data = exitData(chain.evidence, utxoPos)
    expect(await holdings(chain)).toEqual({
      coins: [{ utxoPos, output: pay(alice, 5n), data: data.ok && data.data, exit: 'none' }],
      transactions: [],
    })
  })

  test('hold an own transaction as long as an output that it spends is unspent', async () => {
    const chain = childChain()
    const tx = payment([{ utxoPos: chain.deposit(alice, 5n), signer: alice }], [pay(bob, 5n)])
    expect((await holdings(chain, [tx])).transactions).toMatchObject([
      { transaction: tx.transaction, inputs: [{ proven: { output: { amount: 5n } }, isSpent: false }] },
    ])
    chain.block(tx)
    expect((await holdings(chain, [tx])).transactions).toEqual([])
  })

  test('hold an input as unproven where the Watcher has no proof', async () => {
    const chain = childChain()
    const coins = [chain.deposit(alice, 5n), at(1000n, 7)]
    const tx = payment(
      coins.map((utxoPos) => ({ utxoPos, signer: alice })),
      [pay(bob, 5n)],
    )
    expect((await holdings(chain, [tx])).transactions).toMatchObject([
      {
        inputs: [
          { utxoPos: coins[0], isSpent: false },
          { utxoPos: coins[1], isSpent: false },
        ],
      },
    ])
  })

  test("do not hold somebody else's transactions and outputs, whatever the Watcher offers", async () => {
    const chain = childChain()
    const tx = payment([{ utxoPos: chain.deposit(mallory, 5n), signer: mallory }], [pay(alice, 5n)])
    const all = async (): Promise<readonly UtxoPos[]> => [...chain.ledger.unspent()].map(([utxoPos]) => utxoPos)
    expect(await holdings(chain, [tx], { exitableUtxos: all })).toEqual({ coins: [], transactions: [] })
  })

  test('do not hold what the Watcher cannot show', async () => {
    const chain = childChain()
    expect(await holdings(chain, [], { exitableUtxos: async () => [at(77n)] })).toMatchObject({ coins: [] })
  })
})
