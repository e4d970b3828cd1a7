import { decodeErrorResult, parseAbi } from 'viem'
import { type Hex, parseHex, toHex } from '../lib/bytes.ts'

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

/** Whether the node refused a log query because it asked for too much, in the words of the usual providers. */
export function isTooMuch({ code, text }: RpcFault): boolean {
  if (code === LIMIT_EXCEEDED && !/rate|per second|capacity/i.test(text)) return true
  return /more than \d+ (results|logs)|too many (results|logs)|block range|range (is )?too|limited to|response size|(limit|size) exceeded|query timeout|exceeds? .*(range|limit)|max(imum)? .*(range|results)/i.test(
    text,
  )
}

/** Whether the node does not serve the method at all. */
export function isUnsupported({ code, text }: RpcFault): boolean {
  return (
    code === METHOD_NOT_FOUND ||
    code === METHOD_NOT_SUPPORTED ||
    /not (supported|available|found|whitelisted)/i.test(text)
  )
}

/** Foreign text, made fit for a log: one line of plain characters without addresses of servers, at most 160 long. */
export function printable(text: string): string {
  return text
    .replace(/[^\x20-\x7e]+/g, ' ')
    .replace(/\b\w+:\/\/\S+/g, '[url]')
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
