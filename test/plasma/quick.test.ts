import { test, expect } from '@jest/globals'
import { fromHex, toHex, type Hex } from '../../src/lib/bytes.ts'
import { decodeTransaction, depositTransaction, decodeSignedTransaction, encodeSigned } from '../../src/plasma/transaction.ts'
import { signingHash } from '../../src/plasma/typed-data.ts'
import { recover, sign, signerAddress } from '../../src/plasma/signature.ts'
import { merkleRoot, merkleProof, verifyProof, leafHash } from '../../src/plasma/merkle.ts'
import { outputId } from '../../src/plasma/output-id.ts'
import { parseAddress, ETH, type UtxoPos, type Wei, type Address } from '../../src/plasma/units.ts'
import { readFileSync } from 'node:fs'
const md = readFileSync('/work/shared/reference/contracts.md', 'utf8')
const v = JSON.parse(md.slice(md.lastIndexOf('```json') + 7, md.lastIndexOf('```')))
test('v', () => {
  const fw = parseAddress(v.framework) as Address
  const signer = parseAddress(v.signer) as Address
  const key = new Uint8Array(32).fill(0x11)
  expect(signerAddress(key)).toBe(signer)
  expect(toHex(depositTransaction({ owner: signer, currency: ETH, amount: 1000n as Wei }))).toBe(v.depositTx)
  expect(merkleRoot([fromHex(v.depositTx)])).toBe(v.depositRoot)
  expect(outputId(fromHex(v.depositTx), 0, 1000000000n as UtxoPos)).toBe(v.depositOutputId)
  const d = decodeTransaction(fromHex(v.paymentTx))
  if (!d.ok) throw new Error(d.error)
  expect(d.value.txHash).toBe(v.paymentTxHash)
  expect(toHex(signingHash(d.value, fw))).toBe(v.paymentSigningHash)
  expect(toHex(sign(signingHash(d.value, fw), key))).toBe(v.paymentSig)
  expect(recover(signingHash(d.value, fw), fromHex(v.paymentSig))).toBe(signer)
  expect(outputId(fromHex(v.paymentTx), 1, 1000000020001n as UtxoPos)).toBe(v.paymentOutput1Id)
  const leaves = v.blockOf3.leaves.map((x: string) => fromHex((x === 'paymentTx' ? v.paymentTx : x) as Hex))
  expect(merkleRoot(leaves)).toBe(v.blockOf3.root)
  const proof = merkleProof(leaves.map((l: Uint8Array) => leafHash(l)), 2)
  expect(toHex(proof.subarray(0, 64))).toBe(v.blockOf3.proof2first64)
  expect(verifyProof({ root: v.blockOf3.root, leaf: leaves[2], index: 2, proof })).toBe(true)
  const s = decodeSignedTransaction(encodeSigned(fromHex(v.paymentTx), [fromHex(v.paymentSig)]))
  if (!s.ok) throw new Error(s.error)
  expect(toHex(s.value.transaction.raw)).toBe(v.paymentTx)
})
