import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { hashTypedData } from 'viem'
import { toHex } from '../../src/lib/bytes.ts'
import { decodeUtxoPos } from '../../src/plasma/position.ts'
import { encodePayment } from '../../src/plasma/encode-transaction.ts'
import { decodeTransaction, type Output } from '../../src/plasma/transaction.ts'
import { signingHash } from '../../src/plasma/typed-data.ts'
import { ETH, type UtxoPos, type Wei } from '../../src/plasma/units.ts'
import { owner, paymentFields } from './arbitraries.ts'

const types = {
  EIP712Domain: [
    { name: 'name', type: 'string' },
    { name: 'version', type: 'string' },
    { name: 'verifyingContract', type: 'address' },
    { name: 'salt', type: 'bytes32' },
  ],
  Transaction: [
    { name: 'txType', type: 'uint256' },
    ...[0, 1, 2, 3].map((index) => ({ name: `input${index}`, type: 'Input' })),
    ...[0, 1, 2, 3].map((index) => ({ name: `output${index}`, type: 'Output' })),
    { name: 'txData', type: 'uint256' },
    { name: 'metadata', type: 'bytes32' },
  ],
  Input: [
    { name: 'blknum', type: 'uint256' },
    { name: 'txindex', type: 'uint256' },
    { name: 'oindex', type: 'uint256' },
  ],
  Output: [
    { name: 'outputType', type: 'uint256' },
    { name: 'outputGuard', type: 'bytes20' },
    { name: 'currency', type: 'address' },
    { name: 'amount', type: 'uint256' },
  ],
}

function input(utxoPos: UtxoPos | undefined) {
  const { blknum, txIndex, outputIndex } = decodeUtxoPos(utxoPos ?? 0n)
  return { blknum, txindex: BigInt(txIndex), oindex: BigInt(outputIndex) }
}

const nothing: Output = { outputType: 0, owner: ETH, currency: ETH, amount: 0n as Wei }

function output({ outputType, owner: outputGuard, currency, amount }: Output) {
  return { outputType: BigInt(outputType), outputGuard, currency, amount }
}

test('a payment’s digest is that of its EIP-712 message, padded to four inputs and four outputs', () => {
  fc.assert(
    fc.property(paymentFields, owner, (fields, framework) => {
      const decoded = decodeTransaction(encodePayment(fields))
      if (!decoded.ok) throw new Error(decoded.error)
      const message: Record<string, unknown> = { txType: 1n, txData: 0n, metadata: toHex(fields.metadata) }
      for (let index = 0; index < 4; index++) {
        message[`input${index}`] = input(fields.inputs[index])
        message[`output${index}`] = output(fields.outputs[index] ?? nothing)
      }
      const salt = '0xfad5c7f626d80f9256ef01929f3beb96e058b8b4b0e3fe52d84f054c0e2a7a83' as const
      const domain = { name: 'OMG Network', version: '1', verifyingContract: framework, salt }
      const typed = { domain, types, primaryType: 'Transaction', message } as Parameters<typeof hashTypedData>[0]

      expect(toHex(signingHash(decoded.value, framework))).toBe(hashTypedData(typed))
    }),
    { numRuns: 50 },
  )
})
