import { createRequire } from 'node:module'
import { typedDataHasher } from '../src/plasma/typed-data.ts'
import type { Keccak } from '../src/plasma/keccak.ts'
import { signerAddress } from '../src/plasma/signature.ts'
import { encodePayment, encodeSigned, type Output } from '../src/plasma/transaction.ts'
import { encodeUtxoPos } from '../src/plasma/position.ts'
import { ETH, type Address, type UtxoPos, type Wei } from '../src/plasma/units.ts'

type Signing = {
  ecdsaSign: (digest: Uint8Array, key: Uint8Array) => { signature: Uint8Array; recid: number }
}

const { ecdsaSign } = createRequire(import.meta.url)('secp256k1/bindings') as Signing

type Coin = { utxoPos: UtxoPos; owner: number; amount: bigint }

/** Payments that a chain would take: deterministic, of a few owners, spending what was made before in no special order. */
export type Payer = {
  owners: readonly Address[]
  /** The only money that is brought in: as much as any number of payments can split. */
  deposit: { blknum: bigint; output: Output }
  /** The signed transactions of the next block, each with one input and `outputs` outputs. */
  block: (blknum: bigint, size: number, outputs: number) => Uint8Array[]
  /** How many outputs nobody has spent. */
  coins: () => number
}

const OWNERS = 256
const DEPOSIT = 2n ** 120n

export function createPayer({ framework, keccak }: { framework: Address; keccak: Keccak }): Payer {
  const digestOf = typedDataHasher(framework, keccak)
  const keys = Array.from({ length: OWNERS }, (_, index) => new Uint8Array(32).fill(0x11).with(31, index))
  const owners = keys.map(signerAddress)
  const random = createRandom(7)
  const deposit = { outputType: 1, owner: owners[0] as Address, currency: ETH, amount: DEPOSIT as Wei }
  const coins: Coin[] = [
    { utxoPos: encodeUtxoPos({ blknum: 1n, txIndex: 0, outputIndex: 0 }), owner: 0, amount: DEPOSIT },
  ]

  function take(): Coin {
    const at = random(coins.length)
    const coin = coins[at] as Coin
    coins[at] = coins.at(-1) as Coin
    coins.pop()
    return coin
  }

  function pay(coin: Coin, outputs: number): { bytes: Uint8Array; made: Omit<Coin, 'utxoPos'>[] } {
    const part = coin.amount / BigInt(outputs)
    const made = Array.from({ length: outputs }, (_, index) => ({
      owner: random(OWNERS),
      amount: index === 0 ? coin.amount - part * BigInt(outputs - 1) : part,
    }))
    const payment = {
      inputs: [coin.utxoPos],
      outputs: made.map(({ owner, amount }) => ({
        ...deposit,
        owner: owners[owner] as Address,
        amount: amount as Wei,
      })),
      metadata: new Uint8Array(32),
    }
    const raw = encodePayment(payment)
    const digest = digestOf({ ...payment, txType: 'payment' })
    const { signature, recid } = ecdsaSign(digest, keys[coin.owner] as Uint8Array)
    const signed = new Uint8Array(65)
    signed.set(signature)
    signed[64] = 27 + recid
    return { bytes: encodeSigned(raw, [signed]), made }
  }

  return {
    owners,
    deposit: { blknum: 1n, output: deposit },
    coins: () => coins.length,
    block: (blknum, size, outputs) =>
      Array.from({ length: size }, (_, txIndex) => {
        const { bytes, made } = pay(take(), outputs)
        for (const [outputIndex, each] of made.entries()) {
          coins.push({ ...each, utxoPos: encodeUtxoPos({ blknum, txIndex, outputIndex }) })
        }
        return bytes
      }),
  }
}

/** The same numbers in every run: below `limit`, evenly. */
function createRandom(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}
