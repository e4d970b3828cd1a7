import { ETH, type Address, type Wei } from '../plasma/units.ts'

/**
 * What is lost when nobody answers, or brought home by the answer. `stake` is absent where nobody can tell: the worth of
 * a token is not known, and a dust of ether beside it must not pass for all of it.
 */
export type Stake = { stake?: Wei; own: boolean }

/** An amount of a token, as the contract or a transaction names it. */
export type Money = { token: Address; amount: Wei }

/** What the vault would pay without reason: everybody's money, not ours alone. */
export function vaultStake(money: readonly Money[]): Stake {
  return { ...ether(money), own: false }
}

/** What belongs to accounts of ours. */
export function ownStake(money: readonly Money[]): Stake {
  return { ...ether(money), own: true }
}

/**
 * What hangs on whether an in-flight transaction counts as canonical: its outputs, or inputs worth as much. Ours as soon
 * as one of the outputs is.
 */
export function responseStake(outputs: readonly (Money & { exitTarget: Address })[], own: ReadonlySet<Address>): Stake {
  return { ...ether(outputs), own: outputs.some(({ exitTarget, amount }) => amount > 0n && own.has(exitTarget)) }
}

/** Own pieces of an in-flight exit that is still to be started: it pays its inputs or its outputs, never both. */
export function eitherStake(inputs: readonly Money[], outputs: readonly Money[]): Stake {
  if (inputs.length === 0 || outputs.length === 0) return ownStake([...inputs, ...outputs])
  const [left, right] = [ownStake(inputs), ownStake(outputs)]
  if (left.stake === undefined || right.stake === undefined) return { own: true }
  return left.stake > right.stake ? left : right
}

function ether(money: readonly Money[]): { stake?: Wei } {
  if (money.length === 0) return {}
  if (money.some(({ token, amount }) => token !== ETH && amount > 0n)) return {}
  return { stake: money.reduce((sum, { amount }) => sum + amount, 0n) as Wei }
}
