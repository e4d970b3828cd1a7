/** How many blocks to ask for at once: as many as the node has shown to bear, and a try at more now and then. */
export type LogSpan = {
  blocks: () => bigint
  /** So many blocks were answered. */
  worked: (blocks: bigint) => void
  /** So many were too much. `hint`: what the node says it bears. */
  failed: (blocks: bigint, hint?: bigint) => void
}

/** After so many good answers a refusal is forgotten: elsewhere on the chain there are fewer logs. */
const TRUST = 32

/** Doubles until the node refuses, then closes in on what it bears from both sides, and stays there for a while. */
export function createLogSpan(most: bigint): LogSpan {
  let span = most
  /** What was answered last at full length, and the least that was refused. */
  let proven = 0n
  let refused: bigint | undefined
  let successes = 0
  return {
    blocks: () => span,
    worked: (blocks) => {
      if (blocks < span) return
      proven = blocks
      if (++successes >= TRUST) {
        refused = undefined
        successes = 0
      }
      const more = refused === undefined ? span * 2n : (span + refused) / 2n
      // Not for a tenth more: every try costs a refusal.
      if (more * 10n > span * 11n) span = more < most ? more : most
    },
    failed: (blocks, hint) => {
      const told = hint !== undefined && hint >= 1n && hint < blocks ? hint : undefined
      refused = told === undefined ? blocks : told + 1n
      successes = 0
      span = told ?? (proven > 0n && proven < blocks ? proven : half(blocks))
      proven = 0n
    },
  }
}

function half(blocks: bigint): bigint {
  return blocks > 1n ? blocks / 2n : 1n
}
