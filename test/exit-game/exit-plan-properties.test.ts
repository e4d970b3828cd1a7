import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { ExitPlan } from '../../src/exit-game/exit-plan.ts'
import { decodeUtxoPos, encodeUtxoPos } from '../../src/plasma/position.ts'
import type { SignedTransaction } from '../../src/plasma/transaction.ts'
import type { UtxoPos } from '../../src/plasma/units.ts'
import { childChain, type ChildChain } from '../support/exits.ts'
import { known, planOf } from '../support/holdings.ts'
import { alice, bob, carol, mallory, type Signer } from '../support/signers.ts'
import { at, pay, payment, token } from '../support/transactions.ts'

const people = [alice, bob, carol, mallory]
const own = [alice, bob]

type Drawn<A> = A extends fc.Arbitrary<infer Value> ? Value : never

type Coin = { utxoPos: UtxoPos; owner: Signer; amount: bigint; currency: 'ether' | 'token' }

const person = fc.integer({ min: 0, max: 3 })
/** Which coins a payment takes, by number; who signs instead of the owner; whom it pays, and what is left to another. */
const draftPayment = fc.record({
  coins: fc.uniqueArray(fc.integer({ min: 0, max: 7 }), { minLength: 1, maxLength: 3 }),
  forger: fc.option(person, { freq: 4 }),
  to: person,
  change: person,
  inflate: fc.boolean().map((yes) => (yes ? 1n : 0n)),
  where: fc.constantFrom('block', 'archive', 'archive', 'rejected', 'both'),
})
const story = fc.record({
  deposits: fc.array(fc.record({ who: person, amount: fc.bigInt({ min: 2n, max: 50n }), ether: fc.boolean() }), {
    minLength: 1,
    maxLength: 6,
  }),
  payments: fc.array(draftPayment, { maxLength: 5 }),
})

/** Fills a chain: what a block cannot take goes to the archive instead. */
function play({ deposits, payments }: Drawn<typeof story>) {
  const chain = childChain()
  const coins: Coin[] = deposits.map(({ who, amount, ether }) => {
    const owner = personAt(who)
    const utxoPos = ether ? chain.deposit(owner, amount) : chain.deposit(owner, amount, token)
    return { utxoPos, owner, amount, currency: ether ? 'ether' : 'token' }
  })
  const archived: SignedTransaction[] = []
  const rejected: SignedTransaction[] = []
  for (const draft of payments) {
    const taken = draft.coins.flatMap((index) => coins[index] ?? [])
    const [first] = taken
    if (!first) continue
    const tx = write(taken, draft)
    const utxoPos = draft.where === 'block' ? include(chain, tx) : undefined
    if (isArchived(draft, utxoPos)) archived.push(tx)
    if (isRejected(draft)) rejected.push(tx)
    // In no block yet: a later payment may name where its first output might lie.
    const place = utxoPos ?? at(1_000_000n, archived.length)
    coins.push({ utxoPos: place, owner: personAt(draft.to), amount: 1n, currency: first.currency })
  }
  return { chain, archived, rejected }
}

function isArchived({ where }: Drawn<typeof draftPayment>, place: UtxoPos | undefined): boolean {
  return place === undefined && where !== 'rejected'
}

function isRejected({ where }: Drawn<typeof draftPayment>): boolean {
  return where === 'rejected' || where === 'both'
}

function write(taken: readonly Coin[], draft: Drawn<typeof draftPayment>): SignedTransaction {
  const forger = draft.forger === null ? undefined : personAt(draft.forger)
  const ofCurrency = (currency: Coin['currency']) => taken.filter((coin) => coin.currency === currency)
  const outputs = (['ether', 'token'] as const).flatMap((currency) => {
    const sum = ofCurrency(currency).reduce((total, { amount }) => total + amount, 0n)
    if (sum < 2n) return sum === 1n ? [pays(draft.to, 1n, currency)] : []
    return [pays(draft.to, 1n, currency), pays(draft.change, sum - 1n + draft.inflate, currency)]
  })
  return payment(
    taken.map(({ utxoPos, owner }) => ({ utxoPos, signer: forger ?? owner })),
    outputs,
  )
}

function pays(to: number, amount: bigint, currency: Coin['currency']) {
  return currency === 'ether' ? pay(personAt(to), amount) : pay(personAt(to), amount, token)
}

function include(chain: ChildChain, tx: SignedTransaction): UtxoPos | undefined {
  try {
    return chain.block(tx)
  } catch {
    return undefined
  }
}

function personAt(index: number): Signer {
  return people[index] ?? alice
}

/** Every output that a plan brings home, by its place or, of a transaction in no block, by name. */
function saved({ inFlightExits, piggybacks, standardExits }: ExitPlan): string[] {
  return [
    ...inFlightExits.flatMap(({ txHash, data, piggybacks: pieces }) =>
      pieces.map(({ side, index }) => (side === 'input' ? String(data.input_utxos_pos[index]) : `${txHash} ${index}`)),
    ),
    ...piggybacks.map(({ txHash, side, index }) => `${txHash} ${side} ${index}`),
    ...standardExits.map(({ data }) => String(data.utxo_pos)),
  ]
}

function leftBehind({ unsaveable }: ExitPlan): string[] {
  return unsaveable.map((each) => ('utxoPos' in each ? String(each.utxoPos) : `${each.txHash} ${each.index}`))
}

test('whatever was signed, a plan keeps to its rules', () => {
  fc.assert(
    fc.property(story, (drafted) => {
      const { chain, archived, rejected } = play(drafted)
      const plan = planOf({ chain, people: own, archived, rejected })
      const ours = new Set(own.map(({ address }) => address))
      const all = [...archived, ...rejected].map(known)

      // A standard exit of what its owner has signed away gives the bond to whoever shows that signature.
      for (const { data, output } of plan.standardExits) {
        const spends = all.filter(({ transaction }) => transaction.inputs.includes(data.utxo_pos))
        expect(spends.filter(({ signatures }) => signatures.has(output.owner))).toEqual([])
      }
      // Whose sender may sign it twice gives our bond away, unless a block proves it.
      for (const { txHash } of plan.inFlightExits) {
        const signers = all.filter(({ transaction }) => transaction.txHash === txHash)
        const mine = signers.some(({ signatures }) => [...signatures.keys()].some((signer) => ours.has(signer)))
        expect(mine || rejected.some(({ transaction }) => transaction.txHash === txHash)).toBe(true)
        for (const { transaction } of signers) expect(chain.evidence.inclusion(transaction)).toBeUndefined()
      }
      // Two exits of one own input are each other's competitors.
      const started = plan.inFlightExits.flatMap(
        ({ txHash }) => all.find(({ transaction }) => transaction.txHash === txHash) ?? [],
      )
      const inputs = started.flatMap(({ transaction, signatures }) =>
        transaction.inputs.filter((utxoPos) => {
          const owner = chain.ledger.get(utxoPos)?.owner
          return owner && ours.has(owner) && signatures.has(owner)
        }),
      )
      expect(new Set(inputs).size).toBe(inputs.length)

      // No output is named twice, and none is both saved and left behind.
      const named = [...saved(plan), ...leftBehind(plan)]
      expect(new Set(named).size).toBe(named.length)
      // Nothing that is ours is forgotten.
      for (const [utxoPos, output] of chain.ledger.unspent()) {
        if (ours.has(output.owner)) expect(named).toContain(String(utxoPos))
      }
      // What leaves is there: proven, unspent, and ours.
      for (const { data, output } of plan.standardExits) {
        expect(chain.ledger.get(data.utxo_pos)).toEqual(output)
        expect(ours.has(output.owner)).toBe(true)
        expect(encodeUtxoPos(decodeUtxoPos(data.utxo_pos))).toBe(data.utxo_pos)
      }
    }),
    { numRuns: 100 },
  )
})
