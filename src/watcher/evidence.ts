import type { Evidence } from '../exit-game/evidence.ts'
import type { KnownTransaction } from '../exit-game/known-transaction.ts'
import { ledgerEvidence } from '../exit-game/ledger-evidence.ts'
import type { Recovery } from '../plasma/recovered-transaction.ts'
import type { UtxoPos } from '../plasma/units.ts'
import type { Facts } from './facts.ts'
import { knownFrom } from './witness.ts'

/** As many answers of one kind are remembered. */
const MOST = 200_000

/**
 * What the facts show of the child chain. An answer is remembered for as long as nothing changes that it rests on: at
 * most heads nothing does, and every exit asks the same again.
 */
export function createEvidence(facts: Facts, recovery: Recovery): Evidence {
  const standing = remembering(() => facts.revision())
  const evidence = ledgerEvidence(facts.ledger, {
    blockTimestamp: standing(facts.timeOf, (blknum) => blknum),
    archivedSpends: (utxoPos) => sightedSpends(facts, utxoPos, recovery),
  })
  return {
    ...evidence,
    isUnspent: standing(evidence.isUnspent, same),
    blockSpend: standing(evidence.blockSpend, same),
    archivedSpends: standing(evidence.archivedSpends, same),
    inclusion: standing(evidence.inclusion, ({ txHash }) => txHash),
  }
}

function sightedSpends(facts: Facts, utxoPos: UtxoPos, recovery: Recovery): readonly KnownTransaction[] {
  return facts.sightings(utxoPos).flatMap((signedTx) => knownFrom(signedTx, recovery) ?? [])
}

function same(utxoPos: UtxoPos): UtxoPos {
  return utxoPos
}

/** Remembers the answers to questions as long as `revision` stands. */
function remembering(revision: () => number) {
  return <Question, Answer>(
    ask: (question: Question) => Answer,
    keyOf: (question: Question) => bigint | string,
  ): ((question: Question) => Answer) => {
    const known = new Map<bigint | string, Answer>()
    let at = revision()
    return (question) => {
      if (at !== revision() || known.size > MOST) known.clear()
      at = revision()
      const key = keyOf(question)
      if (known.has(key)) return known.get(key) as Answer
      const answer = ask(question)
      known.set(key, answer)
      return answer
    }
  }
}
