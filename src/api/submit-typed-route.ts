import { toHex } from '../lib/bytes.ts'
import { encodePayment, encodeSigned } from '../plasma/encode-transaction.ts'
import { encodeUtxoPos } from '../plasma/position.ts'
import type { Address, UtxoPos, Wei } from '../plasma/units.ts'
import {
  bytes,
  integerAbove,
  listOf,
  mapOf,
  readParams,
  shapeSchema,
  type Params,
  type Reader,
  type Values,
} from './params.ts'
import { described, post, type DescribedRoute } from './route.ts'
import { checker, submit, submittedSchema, whyClosed } from './submit.ts'
import { DOMAIN } from './typed-data-view.ts'
import type { WatcherApi } from './watcher-api.ts'

const UINT256 = 2n ** 256n
/** Wide enough for anything that stands in a position, and for a product of three. */
const POSITION_PART = 2n ** 64n

const part = integerAbove(-1n, POSITION_PART)
const input = mapOf({ blknum: part, txindex: part, oindex: part })
const output = mapOf({ owner: bytes(20), currency: bytes(20), amount: integerAbove(-1n, UINT256) })

const messageShape = {
  ...{ input0: input, input1: input, input2: input, input3: input },
  ...{ output0: output, output1: output, output2: output, output3: output },
  metadata: bytes(32),
}

/** Takes a payment in the form in which a wallet signs it. */
export function submitTypedRoute(api: WatcherApi): DescribedRoute {
  const check = checker(api)
  const shape = {
    domain: domainOf(api.recovery.framework),
    signatures: listOf(bytes(65), 'signature'),
    message,
  }
  return described(
    { summary: 'As /transaction.submit, for a payment as typed data with its signatures.', data: submittedSchema },
    post('/transaction.submit_typed', shape, (asked) => {
      const closed = whyClosed('submit_typed', api)
      if (closed) return closed
      const read = readParams(asked.message, messageShape)
      if (!read.ok) return read.answer
      const checked = check('submit_typed', encodeSigned(rawOf(read.values), asked.signatures))
      return checked.ok ? submit(api, 'submit_typed', checked.transaction) : checked.answer
    }),
  )
}

/** Read apart: elixir-omg names what is wrong in there without saying that it is in there. */
const message: Reader<Params> = {
  read: (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { ok: true, value: value as Params }
      : { ok: false, validator: ':map' },
  schema: shapeSchema(messageShape),
}

const anything: Reader<unknown> = { read: (value) => ({ ok: true, value }), schema: {} }

function domainOf(framework: Address): Reader<unknown> {
  const domain = mapOf({ name: anything, version: anything, salt: bytes(32), verifyingContract: bytes(20) })
  return {
    read: (value) => {
      const read = domain.read(value)
      if (!read.ok) return read
      const { name, version, salt, verifyingContract } = read.value
      const isOurs = name === DOMAIN.name && version === DOMAIN.version && toHex(salt) === DOMAIN.salt
      if (isOurs && toHex(verifyingContract) === framework) return read
      return { ok: false, validator: ':domain_separator_mismatch' }
    },
    schema: domain.schema,
  }
}

/** What is all zeros fills a place that the transaction does not use. */
function rawOf(values: Values<typeof messageShape>): Uint8Array {
  const { input0, input1, input2, input3, output0, output1, output2, output3, metadata } = values
  const inputs = [input0, input1, input2, input3].map(positionOf).filter((utxoPos) => utxoPos > 0n)
  const outputs = [output0, output1, output2, output3]
    .filter(({ amount }) => amount > 0n)
    .map(({ owner, currency, amount }) => ({
      outputType: 1,
      owner: toHex(owner) as Address,
      currency: toHex(currency) as Address,
      amount: amount as Wei,
    }))
  return encodePayment({ inputs, outputs, metadata })
}

function positionOf({
  blknum,
  txindex,
  oindex,
}: Values<{ blknum: typeof part; txindex: typeof part; oindex: typeof part }>) {
  const base = encodeUtxoPos({ blknum, txIndex: 0, outputIndex: 0 })
  return (base + txindex * 10_000n + oindex) as UtxoPos
}
