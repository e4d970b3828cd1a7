import { z } from 'zod'
import type { Hex } from '../lib/bytes.ts'
import type { Address, Hash, Timestamp } from '../plasma/units.ts'

/** The answers of an Ethereum node, checked and typed. Nothing it says is used unchecked. */
const hexOf = (digits: string, what: string) =>
  z.string().regex(new RegExp(`^0x[0-9a-fA-F]${digits}$`), `expected ${what}`)

export const quantity = hexOf('{1,64}', 'a quantity').transform(BigInt)
export const hexData = z
  .string()
  .regex(/^0x(?:[0-9a-fA-F]{2})*$/, 'expected bytes')
  .transform((text) => text.toLowerCase() as Hex)
export const hash = hexOf('{64}', '32 bytes').transform((text) => text.toLowerCase() as Hash)
export const address = hexOf('{40}', '20 bytes').transform((text) => text.toLowerCase() as Address)

/** A block header, as far as the guard needs it. */
export const header = z
  .object({
    number: quantity,
    hash,
    timestamp: quantity,
    baseFeePerGas: quantity.nullish(),
    logsBloom: hexData.nullish(),
  })
  .transform(({ timestamp, ...rest }) => ({ ...rest, timestamp: timestamp as Timestamp }))

export const logEntry = z.object({
  address,
  topics: z.array(hash).max(4),
  data: hexData,
  blockNumber: quantity,
  blockHash: hash,
  transactionHash: hash,
  transactionIndex: quantity.nullish(),
  logIndex: quantity.transform(Number),
  removed: z.boolean().nullish(),
})
export type LogEntry = z.output<typeof logEntry>

/** A mined transaction's call. `to` is null where a contract was created. */
export const sentTransaction = z.object({ hash, to: address.nullish(), input: hexData })
export type SentTransaction = z.output<typeof sentTransaction>

/** What a mined transaction came to. Before Byzantium there was no status, before London no effective price. */
export const transactionReceipt = z.object({
  transactionHash: hash,
  blockNumber: quantity,
  status: quantity.optional(),
  gasUsed: quantity.optional(),
  effectiveGasPrice: quantity.optional(),
  logs: z.array(logEntry),
})

/** What the newest blocks asked for: base fees, the next block's last, and tips by percentile. */
export const feeHistory = z.object({
  baseFeePerGas: z.array(quantity).min(2),
  reward: z.array(z.array(quantity)).nullish(),
})
