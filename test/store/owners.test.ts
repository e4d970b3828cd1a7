import { expect, test } from '@jest/globals'
import { apply, people, readingOf, tell, type Chapter } from './story.ts'
import { openStore, type Store } from './stores.ts'

/** A block of 151 coins, made of one deposit. */
function bigBlock(): [Chapter, Chapter] {
  const deposit = tell([], { to: 'deposit', owner: 0, amount: 1_001 }, 0)
  const payments = Array.from({ length: 150 }, (_, coin) => ({ coin, second: undefined, owner: coin }))
  return [deposit, tell([deposit], { to: 'submit', payments }, 0)]
}

function coinsIn({ facts }: Store) {
  return people.map(({ address }) => [...facts.ledger.unspentOf(address)])
}

test('the outputs of an owner are the same before and after they are indexed, and gone when their block is', async () => {
  const store = openStore()
  const indexed = () => store.database.reader.prepare('select count(*) from owners').pluck().get()
  const [deposit, block] = bigBlock()
  await store.facts.write((draft) => {
    draft.add(readingOf([deposit, block]))
  })
  await apply(store.facts, block)
  const before = coinsIn(store)
  expect(before.flat()).toHaveLength(151)
  expect(indexed()).toBe(1)

  // The index has its turn before whoever comes now.
  await store.facts.write(() => {})
  expect(indexed()).toBe(301)
  expect(coinsIn(store)).toEqual(before)

  await store.facts.write((draft) => {
    draft.dropAbove(1n)
  })
  expect(indexed()).toBe(1)
  expect(coinsIn(store).flat()).toHaveLength(1)
  store.discard()
})
