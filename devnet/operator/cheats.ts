import { encodeUtxoPos } from '../../src/plasma/position.ts'
import { encodePayment, encodeSigned } from '../../src/plasma/transaction.ts'
import type { Address, Wei } from '../../src/plasma/units.ts'
import type { FormedBlock, Operator } from './operator.ts'
import { signedPayment, type Signer, type Spendable } from './payment.ts'

/** An invalid block: an output that nothing paid for. */
export function mintFromNothing(
  operator: Operator,
  { to, currency, amount }: { to: Address; currency: Address; amount: Wei },
): Promise<FormedBlock> {
  const raw = encodePayment({ inputs: [], outputs: [{ outputType: 1, owner: to, currency, amount }] })
  return operator.formBlock({ also: [encodeSigned(raw, [])] })
}

/** An invalid block: one output is spent by two of its transactions. */
export function doubleSpend(operator: Operator, theft: { thief: Signer; coin: Spendable; to: Address }): Promise<FormedBlock> {
  const { thief, coin, to } = theft
  return operator.formBlock({ also: [signedPayment(thief, coin, to), signedPayment(thief, coin, thief.address)] })
}

/** Two blocks, the second invalid: it spends again what the first has spent. */
export async function doubleSpendAcrossBlocks(
  operator: Operator,
  { thief, coin, to }: { thief: Signer; coin: Spendable; to: Address },
): Promise<{ first: FormedBlock; second: FormedBlock }> {
  const first = await operator.formBlock({ also: [signedPayment(thief, coin, to)] })
  const second = await operator.formBlock({ also: [signedPayment(thief, coin, thief.address)] })
  return { first, second }
}

/** An invalid block: somebody's output is spent with the thief's signature. */
export function foreignSignature(operator: Operator, { thief, coin }: { thief: Signer; coin: Spendable }): Promise<FormedBlock> {
  return operator.formBlock({ also: [signedPayment(thief, coin, thief.address)] })
}

/** An invalid block: it spends an output that never was. */
export function phantomInput(
  operator: Operator,
  { thief, currency, amount }: { thief: Signer; currency: Address; amount: Wei },
): Promise<FormedBlock> {
  const utxoPos = encodeUtxoPos({ blknum: 1000n, txIndex: 60_000, outputIndex: 3 })
  return operator.formBlock({ also: [signedPayment(thief, { utxoPos, currency, amount }, thief.address)] })
}
