import type { ExitGameEvent } from '../../src/exit-game/contract-event.ts'
import { inFlightExitId } from '../../src/exit-game/exit-id.ts'
import { toHex } from '../../src/lib/bytes.ts'
import { createOwnWitness } from '../../src/guard/own-witness.ts'
import { merkleRoot } from '../../src/plasma/merkle.ts'
import { outputId } from '../../src/plasma/output-id.ts'
import { decodeUtxoPos } from '../../src/plasma/position.ts'
import type { Output, SignedTransaction } from '../../src/plasma/transaction.ts'
import type { Hash, UtxoPos } from '../../src/plasma/units.ts'
import type { InFlightExitState, PieceState } from '../../src/tasks/task.ts'
import type { Snapshot } from '../../src/watcher/snapshot.ts'
import { hashOf } from '../support/conditions.ts'
import { childChain, gameOf, inFlightExitStarted, timeOf } from '../support/exits.ts'
import { alice, bob, carol } from '../support/signers.ts'
import { framework, pay, payment, token } from '../support/transactions.ts'
import { NO_EXIT } from '../support/world.ts'

export const occurrence = `${hashOf('e')}:0`
export const mined = `0x${'77'.repeat(32)}`
/** Heights of the story: the exit starts at 100, and phase 1 is over 200 blocks later. */
const START = 100
export const END_OF_PHASE_ONE = 300

/**
 * Alice spends ten ether and Bob seven tokens in one transaction, which pays Carol the ether and Alice the tokens. Its
 * in-flight exit starts at height 100.
 */
export function inFlightStory() {
  const chain = childChain()
  const ether = chain.deposit(alice, 10n)
  const tokens = chain.deposit(bob, 7n, token)
  const inFlight = payment(
    [
      { utxoPos: ether, signer: alice },
      { utxoPos: tokens, signer: bob },
    ],
    [pay(carol, 10n), pay(alice, 7n, token)],
  )
  const { raw } = inFlight.transaction
  const start = inFlightExitStarted(chain, inFlight, START)
  const events: ExitGameEvent[] = [start]
  const roots: Record<string, Hash> = {}
  const own = createOwnWitness(
    { snapshot: () => ({ game: gameOf(...events), evidence: chain.evidence }) as unknown as Snapshot },
    framework,
  )

  return {
    ...{ chain, ether, tokens, inFlight, start, events, roots, own, raw },
    exitId: inFlightExitId(raw),
    inputs: { exit_id: inFlightExitId(raw).toString(), txbytes: toHex(raw), occurrence, attempt: 3 },
    /** Puts transactions into the next block, as the operator does. */
    block: (...transactions: readonly SignedTransaction[]): UtxoPos => {
      const at = chain.block(...transactions)
      roots[decodeUtxoPos(at).blknum.toString()] = merkleRoot(transactions.map(({ transaction }) => transaction.raw))
      return at
    },
    /** What the contract holds of the exit. */
    held: (different: Partial<InFlightExitState> = {}): InFlightExitState => ({
      ...NO_EXIT,
      isCanonical: true,
      exitStartTimestamp: timeOf(START),
      inputs: inFlight.transaction.inputs.map((utxoPos) =>
        pieceOf(chain.output(utxoPos), outputId(chain.creating(utxoPos), decodeUtxoPos(utxoPos).outputIndex, utxoPos)),
      ),
      outputs: inFlight.transaction.outputs.map((output, index) =>
        pieceOf(output, outputId(raw, index, 1_000_000_000_000n as UtxoPos)),
      ),
      bondOwner: carol.address,
      ...different,
    }),
  }
}

function pieceOf({ owner, currency, amount }: Output, id: Hash): PieceState {
  return { outputId: id, exitTarget: owner, token: currency, amount }
}
