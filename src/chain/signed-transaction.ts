import {
  parseTransaction,
  recoverTransactionAddress,
  serializeTransaction,
  type TransactionSerializableEIP1559,
} from 'viem'
import type { Hex } from '../lib/bytes.ts'
import type { Address } from '../plasma/units.ts'
import type { Unsigned } from '../tx/chain-access.ts'

type Eip1559 = TransactionSerializableEIP1559 & { type: 'eip1559' }

/** A transaction in the words of viem. */
export function eip1559(transaction: Unsigned): Eip1559 {
  return { ...transaction, chainId: Number(transaction.chainId), type: 'eip1559' }
}

/** What signed bytes ought to be. */
type Order = { transaction: Unsigned; sender: Address }

/**
 * What is wrong with bytes that somebody else has signed; undefined when they are this transaction of this sender, to
 * the last bit. The bytes themselves are in no answer.
 */
export async function flawOf(raw: Hex, { transaction, sender }: Order): Promise<string | undefined> {
  const signed = parsed(raw)
  if (!signed) return 'it is no transaction of type 2'
  const wanted = eip1559(transaction)
  const differing = Object.entries(fields).flatMap(([name, of]) => (of(signed) === of(wanted) ? [] : [name]))
  if (differing.length > 0) return `it differs in ${differing.join(', ')}`
  const signature = signatureOf(signed)
  if (!signature) return 'it is not signed'
  if (BigInt(signature.s) > HALF_ORDER) return 'its signature is one that no node takes'
  // Whatever is not in the table above, such as an access list, shows here.
  if (serializeTransaction(wanted, signature) !== raw) return 'it is not encoded as it should be'
  return (await senderOf(raw)) === sender ? undefined : 'another account has signed it'
}

/** Of secp256k1: a higher `s` has a lower twin, and nodes take only that one (EIP-2). */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n

/** What is read of a transaction, signed or not. */
type Fields = {
  chainId?: number | undefined
  nonce?: number | undefined
  to?: Hex | null | undefined
  value?: bigint | undefined
  data?: Hex | undefined
  gas?: bigint | undefined
  maxFeePerGas?: bigint | undefined
  maxPriorityFeePerGas?: bigint | undefined
  r?: Hex | undefined
  s?: Hex | undefined
  yParity?: number | undefined
}

const fields: Readonly<Record<string, (transaction: Fields) => unknown>> = {
  'chain id': ({ chainId }) => chainId,
  nonce: ({ nonce }) => nonce ?? 0,
  to: ({ to }) => to?.toLowerCase(),
  value: ({ value }) => value ?? 0n,
  data: ({ data }) => data?.toLowerCase() ?? '0x',
  gas: ({ gas }) => gas ?? 0n,
  'max fee': ({ maxFeePerGas }) => maxFeePerGas ?? 0n,
  'priority fee': ({ maxPriorityFeePerGas }) => maxPriorityFeePerGas ?? 0n,
}

function signatureOf({ r, s, yParity }: Fields) {
  return r === undefined || s === undefined || yParity === undefined ? undefined : { r, s, yParity }
}

/** Errors of viem repeat what they were given: none of them leaves here. */
function parsed(raw: Hex): Fields | undefined {
  try {
    const transaction = parseTransaction(raw)
    return transaction.type === 'eip1559' ? transaction : undefined
  } catch {
    return undefined
  }
}

async function senderOf(raw: Hex): Promise<string | undefined> {
  try {
    return (await recoverTransactionAddress({ serializedTransaction: raw as `0x02${string}` })).toLowerCase()
  } catch {
    return undefined
  }
}
