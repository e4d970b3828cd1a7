import type { Reply } from './node-reply.ts'
import { isFinal, type Peer } from './nodes-peer.ts'

/** A node that has not answered by then is no longer waited for alone. */
const IMPATIENT_AFTER_MS = 1_500

/**
 * Asks one node after the other until one gives an answer that would be everybody's: the next one when the one before
 * failed or is slow. Else the first refusal counts, then the first failure.
 */
export function askInTurn<Value>(
  peers: readonly Peer[],
  ask: (peer: Peer) => Promise<Reply<Value>>,
): Promise<Reply<Value>> {
  return new Promise((resolve, reject) => {
    const waiting = [...peers]
    const unhelpful: Reply<Value>[] = []
    let open = 0

    function next(): void {
      const peer = waiting.shift()
      if (!peer) {
        if (open === 0) resolve(leastBad(unhelpful))
        return
      }
      open++
      const impatience = setTimeout(() => {
        peer.tooSlow(IMPATIENT_AFTER_MS)
        if (waiting.length > 0) next()
      }, IMPATIENT_AFTER_MS)
      ask(peer)
        .then((reply) => {
          clearTimeout(impatience)
          open--
          if (isFinal(reply)) {
            resolve(reply)
            return
          }
          unhelpful.push(reply)
          next()
        })
        .catch(reject)
    }

    next()
  })
}

/** The best first: those that fail least, then those that answer soonest. A node that is to be left alone comes last. */
export function ranked(peers: readonly Peer[], time: number): readonly Peer[] {
  const rank = ({ health }: Peer) =>
    [Math.max(0, health.restUntil - time), health.failures, health.latencyMs ?? 0] as const
  return peers.toSorted((left, right) => {
    const [one, other] = [rank(left), rank(right)]
    return one[0] - other[0] || one[1] - other[1] || one[2] - other[2]
  })
}

function leastBad<Value>(replies: readonly Reply<Value>[]): Reply<Value> {
  const refusal = replies.find((reply) => reply.is === 'fault')
  return refusal ?? replies[0] ?? { is: 'failure', reason: 'there is no node' }
}
