import type { Timestamp, Wei } from '../plasma/units.ts'
import { raised } from './fee-curve.ts'

/** What is known of an account's transactions. `taken`: nonces of ours that wait, or that a node said are in use. */
export type NonceFacts = { mined: number; known: number; taken: ReadonlySet<number> }

/** By when something has to be done, and what depends on it. */
export type Wanted = { deadline?: Timestamp; stake?: Wei }

/**
 * Who wants to be in the chain. `willing`: what it may pay per gas at most; `pressed`: whether the time is too short to
 * wait behind others.
 */
export type Candidate = { urgency: Wanted; pressed: boolean; willing: Wei }

/** A transaction of ours that waits under its nonce; `paid`: the most that its newest version pays per gas. */
export type Place = Candidate & { nonce: number; paid: Wei }

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

/** The first nonce below `top` that nobody uses, where something waits behind it. */
export function gapIn({ mined, known, taken }: NonceFacts): number | undefined {
  const free = nextNonce({ mined, known, taken })
  return [...taken].some((nonce) => nonce > free) ? free : undefined
}

/** Orders by deadline, the earliest first, then by what is at stake, the most first. */
export function byUrgency(left: Wanted, right: Wanted): number {
  return compare(left.deadline, right.deadline) || compare(right.stake ?? 0n, left.stake ?? 0n)
}

/**
 * The nonce of the place that a newcomer takes instead of the end of the line, undefined when it goes there. It is the
 * first whose holder cannot pay for the next block while the newcomer can, or, when the newcomer is pressed, the first
 * of a less urgent holder that is not.
 *
 * @param line - By nonce.
 */
export function placeToTake(line: readonly Place[], newcomer: Candidate, price: Wei): number | undefined {
  if (newcomer.willing < price) return undefined
  return line.find((place) => outbids(newcomer, place) && (isBlocked(place, price) || yields(place, newcomer)))?.nonce
}

/**
 * The first place whose holder cannot pay for the next block, and the most urgent one behind it that can: until it is
 * cleared, nothing behind is mined.
 *
 * @param line - By nonce.
 */
export function placeToClear<Held extends Place>(
  line: readonly Held[],
  price: Wei,
): { blocked: Held; waiting: Held } | undefined {
  const at = line.findIndex((place) => isBlocked(place, price))
  const blocked = line[at]
  if (!blocked) return undefined
  const [waiting] = line
    .slice(at + 1)
    .filter((place) => !isBlocked(place, price) && outbids(place, blocked))
    .sort((left, right) => byUrgency(left.urgency, right.urgency))
  return waiting && { blocked, waiting }
}

function isBlocked({ willing, paid }: Place, price: Wei): boolean {
  return willing < price && paid < price
}

function yields({ urgency, pressed }: Place, newcomer: Candidate): boolean {
  return newcomer.pressed && !pressed && byUrgency(newcomer.urgency, urgency) < 0
}

/** Nodes ask for a minimum more in the place of another transaction. */
function outbids({ willing }: Candidate, { paid }: Place): boolean {
  return willing >= raised(paid)
}

/** Nothing comes last. */
function compare(left: bigint | undefined, right: bigint | undefined): number {
  if (left === right) return 0
  if (left === undefined) return 1
  if (right === undefined) return -1
  return left < right ? -1 : 1
}
