import { describe, expect, test } from '@jest/globals'
import { fromHex, toHex } from '../../src/lib/bytes.ts'
import { leafHash, merkleProof, merkleRoot, verifyProof } from '../../src/plasma/merkle.ts'
import { outputId } from '../../src/plasma/output-id.ts'
import { recover, sign, signerAddress } from '../../src/plasma/signature.ts'
import { depositTransaction, encodePayment, encodeSigned } from '../../src/plasma/encode-transaction.ts'
import { decodeSignedTransaction, decodeTransaction } from '../../src/plasma/transaction.ts'
import { signingHash } from '../../src/plasma/typed-data.ts'
import { ETH, parseAddress, type Address, type Hash, type UtxoPos, type Wei } from '../../src/plasma/units.ts'

// Computed by the v1.0.4 contracts themselves, on a local chain.
const framework = '0x5fbdb2315678afecb367f032d93f642f64180aa3' as Address
const privateKey = new Uint8Array(32).fill(0x11)
const signer = '0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a' as Address
const twos = `0x${'22'.repeat(20)}` as Address
const depositTx =
  '0xf85501c0f0ef01ed9419e7e376e7c213b7e7e7e46cc70a5dd086daff2a9400000000000000000000000000000000000000008203e880a00000000000000000000000000000000000000000000000000000000000000000'
const paymentTx =
  '0xf8a701e1a0000000000000000000000000000000000000000000000000000000003b9aca00f860ef01ed942222222222222222222222222222222222222222940000000000000000000000000000000000000000820190ef01ed9419e7e376e7c213b7e7e7e46cc70a5dd086daff2a94000000000000000000000000000000000000000082025880a03333333333333333333333333333333333333333333333333333333333333333'
const paymentSig =
  '0x9a545d9294977f449da7ac8c6810098225b3c4161a12b4c49e27e0776f303f201498827c2f5d7cad6ca697558d0f7c1fd277051fd20efa0d6237eb639c9c7ba61c'
const blockOf3 = [
  '0xf87401e1a0000000000000000000000000000000000000000000000000000000746a528800eeed01eb9422222222222222222222222222222222222222229400000000000000000000000000000000000000000180a00000000000000000000000000000000000000000000000000000000000000000',
  '0xf87401e1a0000000000000000000000000000000000000000000000000000000746a52af10eeed01eb9422222222222222222222222222222222222222229400000000000000000000000000000000000000000180a00000000000000000000000000000000000000000000000000000000000000000',
  paymentTx,
] as const
const blockRoot = '0x51967ca06d3d772e638100bab483303171ca0f9efafd25f9dd5f1484756b15cf' as Hash

function decoded(raw: Uint8Array) {
  const result = decodeTransaction(raw)
  if (!result.ok) throw new Error(result.error)
  return result.value
}

describe('a deposit is what the contracts say it is', () => {
  test('its transaction', () => {
    const raw = depositTransaction({ owner: signer, currency: ETH, amount: 1000n as Wei })

    expect(toHex(raw)).toBe(depositTx)
  })

  test('the root of its block, and the id of its output with the position in it', () => {
    expect(merkleRoot([fromHex(depositTx)])).toBe('0xa6d7864ccdafdb1862a1438c15144936848e2e2b8930f04cbc3a948f044c8384')
    expect(outputId(fromHex(depositTx), 0, 1_000_000_000n as UtxoPos)).toBe(
      '0xb0675a6b381b317f515485207b4cee61354f65f92d2f7b88ff95eab06297f129',
    )
  })
})

describe('a payment is what the contracts say it is', () => {
  test('its bytes, both ways', () => {
    const outputs = [
      { outputType: 1, owner: twos, currency: ETH, amount: 400n as Wei },
      { outputType: 1, owner: signer, currency: ETH, amount: 600n as Wei },
    ]
    const metadata = new Uint8Array(32).fill(0x33)

    expect(toHex(encodePayment({ inputs: [1_000_000_000n as UtxoPos], outputs, metadata }))).toBe(paymentTx)
    expect(decoded(fromHex(paymentTx))).toMatchObject({
      txType: 'payment',
      inputs: [1_000_000_000n],
      outputs,
      metadata,
      txHash: '0xc858debf9ba2190b7730dfb1523a5faa63495cad8168650c393c407387dd7873',
    })
  })

  test('the digest that its owner signs, the signature, and who signed', () => {
    const digest = signingHash(decoded(fromHex(paymentTx)), framework)

    expect(toHex(digest)).toBe('0x367f1c45cb7ae21385f094ee79b034843d92af559609a0a601d778765c552c6f')
    expect(toHex(sign(digest, privateKey))).toBe(paymentSig)
    expect(recover(digest, fromHex(paymentSig))).toBe(signer)
    expect(signerAddress(privateKey)).toBe(signer)
  })

  test('the id of its output, without the position, since its block is no deposit', () => {
    expect(outputId(fromHex(paymentTx), 1, 1_000_000_020_001n as UtxoPos)).toBe(
      '0x8555c6afe0b0baf79f39f6b316d1cbdc4c8d936c345dbf7ff153cf50a95793b5',
    )
  })

  test('its signed form, without whose signatures it is the same again', () => {
    const bytes = encodeSigned(fromHex(paymentTx), [fromHex(paymentSig)])
    const signed = decodeSignedTransaction(bytes)
    if (!signed.ok) throw new Error(signed.error)

    expect(toHex(signed.value.transaction.raw)).toBe(paymentTx)
    expect(signed.value.signatures.map(toHex)).toEqual([paymentSig])
    expect(signed.value.bytes).toBe(bytes)
  })
})

test('a block of three has the root and the proofs of the contracts', () => {
  const leaves = blockOf3.map(fromHex)
  const proof = merkleProof(
    leaves.map((raw) => leafHash(raw)),
    2,
  )

  expect(merkleRoot(leaves)).toBe(blockRoot)
  expect(toHex(proof.subarray(0, 64))).toBe(
    '0xf39a869f62e75cf5f0bf914688a6b289caf2049435d8e68c5c5e6d05e44913f3a91980bf1a0095fb76f6eb4eb550c48d5d2ff03e6fdc3f5067cc85becd02ba0d',
  )
  expect(verifyProof({ root: blockRoot, leaf: fromHex(paymentTx), index: 2, proof })).toBe(true)
})

test('a block of nothing has the root of elixir-omg', () => {
  expect(merkleRoot([])).toBe('0xf609befdfe9066fe14e743b3623eae878fbc468005608816832c9d460f2a95d2')
})

test('an address is 20 bytes of hex in any case, and nothing else', () => {
  expect(parseAddress('0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A')).toBe(signer)
  for (const text of [
    '',
    '0x',
    signer.slice(2),
    `${signer}00`,
    signer.slice(0, -1),
    `0x${'zz'.repeat(20)}`,
    `${signer}\n`,
  ]) {
    expect(parseAddress(text)).toBeUndefined()
  }
})
