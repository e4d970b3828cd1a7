import { parse, stringify } from 'lossless-json'

/** More digits than any quantity of either chain has: not worth the arithmetic. */
const MOST_DIGITS = 100

/**
 * Reads JSON without rounding: integers become bigints, every other number a plain one.
 *
 * @throws {SyntaxError} when it is none, {RangeError} when it is nested too deeply to read.
 */
export function parseJson(text: string): unknown {
  return parse(text, null, (digits) =>
    /^-?\d+$/.test(digits) && digits.length <= MOST_DIGITS ? BigInt(digits) : Number(digits),
  )
}

/** Writes JSON as elixir-omg does: bigints as integers of any size. What is undefined is left out. */
export function printJson(value: unknown): string {
  return stringify(value) ?? 'null'
}
