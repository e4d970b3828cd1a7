import type { Hex } from '../src/lib/bytes.ts'
import { GuardError } from '../src/lib/errors.ts'
import type { Address } from '../src/plasma/units.ts'

class ChainControlError extends GuardError {
  override readonly code = 'CHAIN_CONTROL'
}

/** Makes `blocks` blocks, the default is one, `interval` seconds of chain time apart. */
export async function mine(url: string, blocks = 1, interval = 1): Promise<void> {
  await request(url, 'anvil_mine', [hex(blocks), hex(interval)])
}

/** Lets chain time pass at once, and makes a block that shows it. */
export async function increaseTime(url: string, seconds: bigint | number): Promise<void> {
  await request(url, 'evm_increaseTime', [hex(seconds)])
  await request(url, 'evm_mine', [])
}

/** Whether each transaction gets a block at once. */
export async function setAutomine(url: string, on: boolean): Promise<void> {
  await request(url, 'evm_setAutomine', [on])
}

/** Remembers the chain as it is; {@link revert} returns to it once. */
export async function snapshot(url: string): Promise<string> {
  return String(await request(url, 'evm_snapshot', []))
}

export async function revert(url: string, id: string): Promise<void> {
  if ((await request(url, 'evm_revert', [id])) !== true) throw new ChainControlError(`There is no snapshot ${id}.`)
}

/** Gives up the newest blocks as a reorganisation would; their transactions are gone with them. */
export async function reorganise(url: string, depth: number): Promise<void> {
  await request(url, 'anvil_reorg', [depth, []])
}

/** Puts a contract's code at an address, whoever has it. */
export async function setCode(url: string, address: Address, code: Hex): Promise<void> {
  await request(url, 'anvil_setCode', [address, code])
}

/** The whole chain, blocks and receipts included, as a state file holds it. */
export async function dumpState(url: string): Promise<string> {
  return String(await request(url, 'anvil_dumpState', [true]))
}

async function request(url: string, method: string, params: readonly unknown[]): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  })
  const answer: unknown = await response.json()
  if (typeof answer !== 'object' || answer === null || !('result' in answer)) {
    throw new ChainControlError(`The chain refused ${method}.`, { answer: JSON.stringify(answer).slice(0, 300) })
  }
  return answer.result
}

function hex(value: bigint | number): string {
  return `0x${value.toString(16)}`
}
