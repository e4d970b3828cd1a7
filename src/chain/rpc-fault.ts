import { decodeErrorResult, parseAbi } from 'viem'
import { type Hex, parseHex, toHex } from '../lib/bytes.ts'
import { harmless } from '../lib/harmless.ts'

/** A node that answered with a JSON-RPC error. `text` is foreign: it is matched, and shown only through {@link printable}. */
export type RpcFault = { code: number; text: string; data?: Hex }

/** Why the EVM undid a call. `reason` is absent when the contract gave none. */
export type Revert = { reason?: string }

const errors = parseAbi(['error Error(string)', 'error Panic(uint256)'])
const REVERTED = 3
const METHOD_NOT_FOUND = -32601
const METHOD_NOT_SUPPORTED = -32004
const LIMIT_EXCEEDED = -32005

const REVERT_WORDS = /revert|VM execution error|VM exception|invalid opcode|bad instruction/i
const SAID = /revert(?:ed)?(?: with reason string)?:?\s+'?([^']+)'?$/i

/** Reads a fault as a revert, in the words of geth, erigon, nethermind, besu, parity, ganache, hardhat and anvil. */
export function revertOf(fault: RpcFault): Revert | undefined {
  const reason = fault.data === undefined ? undefined : reasonInData(fault.data)
  if (reason !== undefined) return { reason }
  if (fault.code !== REVERTED && !REVERT_WORDS.test(fault.text)) return undefined
  const said = reasonInText(fault.text)
  return said === '' ? {} : { reason: said }
}

function reasonInText(text: string): string {
  const said = SAID.exec(text)?.[1]
  return said === undefined || said.startsWith('0x') ? '' : printable(said)
}

/** Of foreign text: patterns that look for two words take long over a long one. */
const MOST_READ = 600

/** A provider refuses for now, whatever is asked. */
const NOT_NOW =
  /\brates?\b|per (?:second|minute|hour|day)|capacity|quota|daily|monthly|credits|compute units|too many requests|requests? (?:count|limit)|unauthorized|api key/i
const TOO_MUCH = [
  /\b(?:ranges?|blocks|logs|results|response|size|length|distance)\b.*(?:\btoo (?:large|wide|big|high|many|long)|\bexceed|\blimit|\bmax|\b(?:larger|bigger|greater|more) than|\bnot supported)/i,
  /(?:\btoo (?:large|wide|big|high|many|long)|\bexceed(?:s|ed)?|\blimited|\bmax(?:imum)?|\bmore than|\bover|\breduce|\bup to)\b.*\b(?:ranges?|blocks|logs|results|response|size|distance)\b/i,
  /query time(?:d )?out|cancell?ed due to (?:enabled )?timeout/i,
]

/**
 * Whether the node refused a log query because it asked for too much, in the words of the usual providers. A range
 * beyond the head is no such thing: less of it would be as unknown.
 */
export function isTooMuch({ code, text }: RpcFault): boolean {
  const said = text.slice(0, MOST_READ)
  if (NOT_NOW.test(said)) return false
  return code === LIMIT_EXCEEDED || TOO_MUCH.some((words) => words.test(said))
}

const TOO_MANY_REQUESTS = 429

/** Whether the node refuses because it is asked too often, and not because of what it is asked. */
export function isNotNow({ code, text }: RpcFault): boolean {
  const said = text.slice(0, MOST_READ)
  if (NOT_NOW.test(said) || code === TOO_MANY_REQUESTS) return true
  return code === LIMIT_EXCEEDED && !TOO_MUCH.some((words) => words.test(said))
}

const BETWEEN = [/\[(0x[0-9a-f]{1,16}), ?(0x[0-9a-f]{1,16})\]/i, /\brange (\d{1,16})-(\d{1,16})\b/i]
const UP_TO = [
  /limited to (?:an? )?(?:0 - )?([\d,]{1,16})(k?)\b/i,
  /up to an? ([\d,]{1,16})(k?) block/i,
  /max(?:imum)? (?:block )?range ?[:=]? ?([\d,]{1,16})(k?)\b/i,
  /\brange\b.* limit (?:of )?([\d,]{1,16})(k?)\b/i,
  /ranges over ([\d,]{1,16})(k?) blocks/i,
  /max is ([\d,]{1,16})(k?) blocks/i,
  /\brange\b.*\bmaximum (?:is set to )?([\d,]{1,16})(k?)\b/i,
]

/** How many blocks the node says that it would bear, where its refusal says so. */
export function blocksBorne({ text }: RpcFault): bigint | undefined {
  const said = text.slice(0, MOST_READ)
  const between = match(BETWEEN, said)
  if (between) return BigInt(between[1] ?? 0) - BigInt(between[0] ?? 0) + 1n
  const [digits, thousands] = match(UP_TO, said) ?? []
  return digits === undefined ? undefined : BigInt(digits.replaceAll(',', '')) * (thousands ? 1000n : 1n)
}

/** What the first pattern that fits catches. */
function match(patterns: readonly RegExp[], text: string): readonly string[] | undefined {
  for (const pattern of patterns) {
    const found = pattern.exec(text)
    if (found) return found.slice(1)
  }
  return undefined
}

/** Whether the node does not serve the method at all. */
export function isUnsupported({ code, text }: RpcFault): boolean {
  return (
    code === METHOD_NOT_FOUND ||
    code === METHOD_NOT_SUPPORTED ||
    /not (supported|available|found|whitelisted)/i.test(text)
  )
}

/** Foreign text, made fit for a log: one harmless line of plain characters, at most 160 long. */
export function printable(text: string): string {
  return harmless(text.replace(/[^\x20-\x7e]+/g, ' '))
    .trim()
    .slice(0, 160)
}

function reasonInData(data: Hex): string | undefined {
  const bytes = parseHex(data)
  if (!bytes || bytes.length < 4) return undefined
  try {
    const decoded = decodeErrorResult({ abi: errors, data: toHex(bytes) })
    return decoded.errorName === 'Error' ? printable(decoded.args[0]) : `panic ${decoded.args[0].toString()}`
  } catch {
    return undefined
  }
}
