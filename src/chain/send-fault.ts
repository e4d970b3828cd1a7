import type { Reception } from '../tx/chain-access.ts'
import { printable, type RpcFault } from './rpc-fault.ts'

type Rule = readonly [RegExp, Reception]

/** What nodes say to a raw transaction, in the words of geth, erigon, nethermind, besu, parity, ganache and anvil. */
const rules: readonly Rule[] = [
  [/already known|already imported|known transaction|already in (the )?(mem)?pool|alreadyknown/i, { ok: true }],
  [
    /replacement.*underpriced|fee too low to replace|could not replace|another transaction with same nonce/i,
    { ok: false, why: 'nonce_taken' },
  ],
  [
    /less than block base fee|transaction underpriced|fee ?cap (is )?(too low|below|less)|gas price (is )?(too low|below)/i,
    { ok: false, why: 'underpriced' },
  ],
  [/nonce (is )?too low|old ?nonce|nonce.*(already (been )?used|below|lower)/i, { ok: false, why: 'nonce_too_low' }],
  [
    /insufficient (funds|balance)|not enough (funds|balance)|exceeds? (the )?balance|overshot/i,
    { ok: false, why: 'insufficient_funds' },
  ],
]

/** Reads the refusal of a raw transaction. */
export function receptionOf(fault: RpcFault): Reception {
  const rule = rules.find(([words]) => words.test(fault.text))
  return rule?.[1] ?? { ok: false, why: 'refused', reason: printable(fault.text) || `rpc error ${String(fault.code)}` }
}

/** Whether a simulated call failed because the sender cannot pay for it. */
export function lacksFunds(fault: RpcFault): boolean {
  const reception = receptionOf(fault)
  return !reception.ok && reception.why === 'insufficient_funds'
}
