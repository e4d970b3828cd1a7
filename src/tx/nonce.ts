/** What is known of an account's transactions. `taken`: nonces of ours that wait, or that a node said are in use. */
export type NonceFacts = { mined: number; known: number; taken: ReadonlySet<number> }

/**
 * The nonce of the next transaction: the first from the mined ones on that nobody uses. A gap that a lost transaction
 * left is filled, since everything behind it would wait for ever.
 *
 * `known` counts what the node holds from the mined ones on without a gap: those that are not ours are somebody else's
 * with the same key, and are left alone.
 */
export function nextNonce({ mined, known, taken }: NonceFacts): number {
  let nonce = Math.max(mined, known)
  while (taken.has(nonce)) nonce++
  return nonce
}
