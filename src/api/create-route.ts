import { toHex } from '../lib/bytes.ts'
import type { Address, Wei } from '../plasma/units.ts'
import { advise, type Order } from './advice.ts'
import { answered, type Answer } from './answer.ts'
import { draftSchema, draftView } from './draft-view.ts'
import type { InfoApi } from './info-api.ts'
import { bytes, integerAbove, invalid, listOf, mapOf, optional, type Values } from './params.ts'
import { purseOf } from './purse.ts'
import { refusal } from './refusals.ts'
import { described, post, type DescribedRoute } from './route.ts'
import { list, object } from './schema.ts'
import { fromSnapshot } from './watcher-api.ts'

const MOST_PAYMENTS = 4
const PAYMENT_TYPE = '1'
const UINT256 = 2n ** 256n

const payment = mapOf({
  owner: optional(bytes(20)),
  amount: integerAbove(0n, UINT256),
  currency: bytes(20),
})

const shape = {
  owner: bytes(20),
  metadata: optional(bytes(32)),
  fee: mapOf({ currency: bytes(20) }),
  payments: listOf(payment, ''),
}

/** Finds what an owner can pay with, and makes the transactions to be signed. */
export function createRoute(api: InfoApi): DescribedRoute {
  return described(
    {
      summary: 'Transactions to be signed that pay, or that merge what is too scattered to pay with.',
      data: object({ result: { enum: ['complete', 'intermediate'] }, transactions: list(draftSchema) }),
    },
    post('/transaction.create', shape, (asked) => wrongPayments(asked) ?? create(api, asked)),
  )
}

type Asked = Values<typeof shape>

function wrongPayments({ owner, payments }: Asked): Answer | undefined {
  if (payments.length > MOST_PAYMENTS) return invalid('payments', `{:too_many_payments, ${String(MOST_PAYMENTS)}}`)
  const isToSelf = (payee: Uint8Array | undefined) => payee !== undefined && toHex(payee) === toHex(owner)
  const isSelfish = payments.length > 0 && payments.every((each) => isToSelf(each.owner))
  return isSelfish ? refusal('create', 'self_transaction_not_supported') : undefined
}

async function create(api: InfoApi, asked: Asked): Promise<Answer> {
  const fees = await api.fees()
  if (!fees.ok) return refusal('create', fees.reason)
  const currency = toHex(asked.fee.currency) as Address
  const fee = fees.table.get(PAYMENT_TYPE)?.find((each) => each.currency === currency)
  if (!fee) return unsupported()
  const order = orderOf(asked, { currency, amount: fee.amount })
  return fromSnapshot(api, (snapshot) => {
    const advice = advise(purseOf(order.owner, api.index, snapshot), order)
    if (!advice.ok) return refusal('create', advice.error, 'missing' in advice ? advice.missing : undefined)
    const { framework } = api.recovery
    return answered({
      result: advice.result,
      transactions: advice.drafts.map((draft) => draftView(draft, framework)),
    })
  })
}

function orderOf({ owner, payments, metadata }: Asked, fee: Order['fee']): Order {
  return {
    owner: toHex(owner) as Address,
    payments: payments.map((each) => ({
      owner: each.owner && (toHex(each.owner) as Address),
      currency: toHex(each.currency) as Address,
      amount: each.amount as Wei,
    })),
    fee,
    metadata,
  }
}

/** As the operator refuses it, handed on. */
function unsupported(): Answer {
  return refusal('create', 'client_error', {
    object: 'error',
    code: 'fee:currency_fee_not_supported',
    description: 'The operator takes no fee in this token.',
  })
}
