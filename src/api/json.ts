import { randomUUID } from 'node:crypto'

/** A mark that no foreign text can hold: it is drawn anew for each process. */
const MARK = `number-${randomUUID()}:`
/** More digits than any quantity of either chain has: not worth the arithmetic. */
const MOST_DIGITS = 100
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g

/**
 * Reads JSON without rounding: integers become bigints, every other number a plain one. The numbers are quoted for the
 * parser that is built in: one in JavaScript would stop the server for seconds over the largest requests.
 *
 * @throws {SyntaxError} when it is none, {RangeError} when it is nested too deeply to read.
 */
export function parseJson(text: string): unknown {
  // First as it is: from here on every string is known to end, without which the pattern would search for ever.
  JSON.parse(text)
  const quoted = text.replace(TOKEN, (token) => (token.startsWith('"') ? token : `"${MARK}${token}"`))
  return JSON.parse(quoted, (_, value: unknown) =>
    typeof value === 'string' && value.startsWith(MARK) ? parseNumber(value.slice(MARK.length)) : value,
  )
}

/** Writes JSON as elixir-omg does: bigints as integers of any size. What is undefined is left out, or null. */
export function printJson(value: unknown): string {
  if (typeof value === 'bigint') return value.toString()
  if (Array.isArray(value)) return `[${value.map(printJson).join(',')}]`
  if (typeof value === 'object' && value !== null) return printObject(value)
  return value === undefined ? 'null' : JSON.stringify(value)
}

function printObject(value: object): string {
  let fields = ''
  for (const [name, field] of Object.entries(value) as [string, unknown][]) {
    if (field !== undefined) fields += `${fields === '' ? '' : ','}${JSON.stringify(name)}:${printJson(field)}`
  }
  return `{${fields}}`
}

function parseNumber(digits: string): bigint | number {
  return /^-?\d+$/.test(digits) && digits.length <= MOST_DIGITS ? BigInt(digits) : Number(digits)
}
