import { z } from 'zod'
import type { UtxoPos, Wei } from '../plasma/units.ts'
import { address, bytes, hash, index, uint } from './wire.ts'

/**
 * The byzantine events of an elixir-omg Watcher, one shape for each (watcher.md 1.1). Input, never truth: everything in
 * them has to be checked against the chain.
 */
const position = uint.transform((value) => value as UtxoPos)
const absentOr = <Shape extends z.ZodType>(shape: Shape) => shape.nullish().transform((value) => value ?? undefined)

const standardExit = z.object({
  utxo_pos: position,
  owner: address,
  currency: address,
  amount: uint.transform((value) => value as Wei),
  eth_height: absentOr(uint),
  root_chain_txhash: absentOr(hash),
  spending_txhash: absentOr(hash),
  scheduled_finalization_time: absentOr(uint),
})
const inFlightExit = z.object({ txbytes: bytes })
const piggybacks = z.object({ txbytes: bytes, inputs: z.array(index).max(4), outputs: z.array(index).max(4) })
const offered = z
  .array(z.object({ index, address }))
  .max(4)
  .nullish()
  .transform((value) => value ?? [])
const offer = z.object({ txbytes: bytes, available_inputs: offered, available_outputs: offered })
/** The field is `hash` in the code of every version, `blockhash` in its documents. */
const block = z
  .object({
    blknum: uint,
    hash: hash.optional(),
    blockhash: hash.optional(),
    error_type: absentOr(z.string().max(100)),
  })
  .transform(({ blknum, hash: named, blockhash, error_type }, context) => {
    const root = named ?? blockhash
    if (root !== undefined) return { blknum, hash: root, error_type }
    context.addIssue('expected hash or blockhash')
    return z.NEVER
  })

/** By the names that are, or once were, on the wire. */
const shapes = {
  invalid_exit: standardExit.transform((details) => ({ event: 'invalid_exit' as const, ...details })),
  unchallenged_exit: standardExit.transform((details) => ({ event: 'unchallenged_exit' as const, ...details })),
  noncanonical_ife: inFlightExit.transform((details) => ({ event: 'noncanonical_ife' as const, ...details })),
  unchallenged_noncanonical_ife: inFlightExit.transform((details) => ({
    event: 'unchallenged_noncanonical_ife' as const,
    ...details,
  })),
  invalid_ife_challenge: inFlightExit.transform((details) => ({ event: 'invalid_ife_challenge' as const, ...details })),
  piggyback_available: offer.transform((details) => ({ event: 'piggyback_available' as const, ...details })),
  invalid_piggyback: piggybacks.transform((details) => ({ event: 'invalid_piggyback' as const, ...details })),
  unchallenged_piggyback: piggybacks.transform((details) => ({ event: 'unchallenged_piggyback' as const, ...details })),
  invalid_block: block.transform((details) => ({ event: 'invalid_block' as const, ...details })),
  block_withholding: block.transform((details) => ({ event: 'block_withholding' as const, ...details })),
}

const spellings: Record<string, string> = {
  non_canonical_ife: 'noncanonical_ife',
  unchallenged_non_canonical_ife: 'unchallenged_noncanonical_ife',
}

/** Something that a Watcher reports; field names as on its wire. */
export type WatcherReport = z.output<(typeof shapes)[keyof typeof shapes]>

/** An entry of `byzantine_events`. One that cannot be read never hides the others. */
export type ParsedReport =
  | { is: 'report'; report: WatcherReport }
  /** Of a name that nobody knows. */
  | { is: 'unknown'; event: string }
  /** Of a known name, but not of its shape: `what` says where. */
  | { is: 'malformed'; event: string; what: string }

const entry = z.object({ event: z.string().max(100), details: z.unknown() })

export function parseReport(given: unknown): ParsedReport {
  const parsed = entry.safeParse(given)
  if (!parsed.success) return { is: 'malformed', event: 'none', what: whatIsWrong(parsed.error) }
  const { event, details } = parsed.data
  const name = spellings[event] ?? event
  if (!isKnown(name)) return { is: 'unknown', event }
  const report = shapes[name].safeParse(details)
  return report.success
    ? { is: 'report', report: report.data }
    : { is: 'malformed', event: name, what: whatIsWrong(report.error) }
}

function isKnown(name: string): name is keyof typeof shapes {
  return Object.hasOwn(shapes, name)
}

/** Where, and what was expected there: our words and the fields' names, nothing of the answer. */
function whatIsWrong(error: z.ZodError): string {
  const [issue] = error.issues
  return issue ? `${issue.path.join('.')}: ${issue.message}` : 'unreadable'
}
