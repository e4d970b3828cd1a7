import { expect, test } from '@jest/globals'
import { toFunctionSelector, getAbiItem } from 'viem'
import { exitGameAbi } from '../../src/chain/abi.ts'
import { concatBytes, fromHex } from '../../src/lib/bytes.ts'
import { depositTransaction } from '../../src/plasma/encode-transaction.ts'
import { ETH, type Wei } from '../../src/plasma/units.ts'
import { availableLibrary, loadTools } from '../../src/verifier/tools.ts'
import { alice, bob, carol } from '../support/signers.ts'
import { at, fee, framework, pay, payment, token } from '../support/transactions.ts'
import { createRandom, mutate, noise } from './mutate.ts'
import { targets } from './targets.ts'

/** `npm run fuzz` asks for more. The seed of a run that failed repeats it. */
const INPUTS = Number(process.env['FUZZ_INPUTS'] ?? 20_000)
const SEED = Number(process.env['FUZZ_SEED'] ?? (INPUTS > 20_000 ? Math.floor(Math.random() * 2 ** 31) : 1))
/** No input may hold up the watcher: only far beyond what a slow machine needs is it called hanging. */
const MOST_MS = 2_000

const two = payment(
  [
    { utxoPos: at(1n), signer: alice },
    { utxoPos: at(2000n, 5, 1), signer: bob },
  ],
  [pay(carol, 7n), pay(bob, 5n, token)],
)
const selectors = ['startStandardExit', 'startInFlightExit', 'challengeInFlightExitNotCanonical'] as const
const calls = selectors.map((name) =>
  concatBytes(
    fromHex(toFunctionSelector(getAbiItem({ abi: exitGameAbi, name }))),
    new Uint8Array(320).fill(32, 31, 32),
  ),
)
const corpus: readonly Uint8Array[] = [
  two.bytes,
  two.transaction.raw,
  payment([{ utxoPos: at(1n), signer: alice }], [pay(bob, 1n)]).bytes,
  fee(1000n, { owner: bob, amount: 2n ** 200n }).bytes,
  depositTransaction({ owner: alice.address, currency: ETH, amount: 5n as Wei }),
  Uint8Array.from({ length: 400 }, () => 0xc1),
  ...calls.map((call) => concatBytes(call, two.transaction.raw)),
]

const all = Object.entries(targets({ framework, ...(await loadTools(availableLibrary())) }))

test.each(all)('whatever bytes come, %s makes a value of them, soon', (name, target) => {
  const random = createRandom(SEED * 31 + name.length)
  const pick = () => corpus[random(corpus.length)] as Uint8Array
  const failures: unknown[] = []
  for (let left = Math.ceil(INPUTS / all.length); left > 0 && failures.length === 0; left--) {
    const bytes = random(10) === 0 ? noise(random) : mutate(pick(), random, pick())
    const started = performance.now()
    const wrong = outcomeOf(() => target(bytes, random))
    const took = performance.now() - started
    if (wrong !== undefined || took > MOST_MS) failures.push({ input: Buffer.from(bytes).toString('hex'), wrong, took })
  }
  expect({ seed: SEED, failures }).toEqual({ seed: SEED, failures: [] })
})

function outcomeOf(work: () => string | undefined): string | undefined {
  try {
    return work()
  } catch (error) {
    return `threw ${String(error)}`
  }
}
