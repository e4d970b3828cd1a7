import { createRequire } from 'node:module'
import { typedDataHasher } from '../src/plasma/typed-data.ts'
import type { Keccak } from '../src/plasma/keccak.ts'
import { signerAddress } from '../src/plasma/signature.ts'
import { encodePayment, encodeSigned } from '../src/plasma/encode-transaction.ts'
import type { Output } from '../src/plasma/transaction.ts'
import { encodeUtxoPos } from '../src/plasma/position.ts'
import { ETH, type Address, type UtxoPos, type Wei } from '../src/plasma/units.ts'

type Signing = {
  ecdsaSign: (digest: Uint8Array, key: Uint8Array) => { signature: Uint8Array; recid: number }
}

const { ecdsaSign } = createRequire(import.meta.url)('secp256k1/bindings') as Signing

type Made = { owner: number; amount: bigint }
type Coin = Made & { utxoPos: UtxoPos }
type Plan = { coin: Coin; made: readonly Made[] }

/** Payments that a chain would take: deterministic, of a few owners, spending what was made before in no special order. */
export type Payer = {
  /** The only money that is brought in. */
  deposit: { blknum: bigint; output: Output }
  /** The signed transactions of the next block, each with one input and `outputs` outputs. */
  block: (blknum: bigint, size: number, outputs: number) => Uint8Array[]
  /** Goes on as after {@link Payer.block}, which is much more work. */
  skip: (blknum: bigint, size: number, outputs: number) => void
  /** How many outputs nobody has spent. */
  coins: () => number
}

type Settings = {
  framework: Address
  keccak: Keccak
  /** Who brings the money in. */
  key?: Uint8Array
  /** As much as the payments can split. */
  money?: bigint
}

const OWNERS = 256
const KEY = new Uint8Array(32).fill(0x11)
const OTHERS = new Uint8Array(32).fill(0x22)

export function createPayer({ framework, keccak, key = KEY, money = 2n ** 120n }: Settings): Payer {
  const keys = [key, ...Array.from({ length: OWNERS - 1 }, (_, index) => OTHERS.with(31, index))]
  const owners = keys.map(signerAddress)
  const toOutput = ({ owner, amount }: Made): Output => ({
    outputType: 1,
    owner: owners[owner] as Address,
    currency: ETH,
    amount: amount as Wei,
  })
  const deposit = { owner: 0, amount: money }
  const digestOf = typedDataHasher(framework, keccak)
  const plans = createPlans({ ...deposit, utxoPos: encodeUtxoPos({ blknum: 1n, txIndex: 0, outputIndex: 0 }) })

  function sign({ coin, made }: Plan): Uint8Array {
    const payment = { inputs: [coin.utxoPos], outputs: made.map(toOutput), metadata: new Uint8Array(32) }
    const digest = digestOf({ ...payment, txType: 'payment' })
    const { signature, recid } = ecdsaSign(digest, keys[coin.owner] as Uint8Array)
    const signed = new Uint8Array(65)
    signed.set(signature)
    signed[64] = 27 + recid
    return encodeSigned(encodePayment(payment), [signed])
  }

  return {
    deposit: { blknum: 1n, output: toOutput(deposit) },
    coins: plans.coins,
    block: (blknum, size, outputs) =>
      Array.from({ length: size }, (_, txIndex) => sign(plans.next({ blknum, txIndex }, outputs))),
    skip: (blknum, size, outputs) => {
      for (let txIndex = 0; txIndex < size; txIndex++) plans.next({ blknum, txIndex }, outputs)
    },
  }
}

/** Who pays whom: any coin that there is goes to any owners. */
function createPlans(first: Coin) {
  const random = createRandom(7)
  const coins = [first]

  function take(): Coin {
    const at = random(coins.length)
    const coin = coins[at] as Coin
    coins[at] = coins.at(-1) as Coin
    coins.pop()
    return coin
  }

  return {
    coins: () => coins.length,
    next: (place: { blknum: bigint; txIndex: number }, outputs: number): Plan => {
      const coin = take()
      const part = coin.amount / BigInt(outputs)
      if (part === 0n) throw new Error('the money is split too often')
      const made = Array.from({ length: outputs }, (_, index) => ({
        owner: random(OWNERS),
        amount: index === 0 ? coin.amount - part * BigInt(outputs - 1) : part,
      }))
      for (const [outputIndex, each] of made.entries()) {
        coins.push({ ...each, utxoPos: encodeUtxoPos({ ...place, outputIndex }) })
      }
      return { coin, made }
    },
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
