import { expect, test } from '@jest/globals'
import { temporaryFacts } from '../support/facts.ts'
import { alice } from '../support/signers.ts'
import { pay, rawPayment } from '../support/transactions.ts'
import { network, useWatchers } from './network.ts'

const watching = useWatchers()

test('the exact bytes of a deposit, once they are found, take the place of the plain ones', async () => {
  const net = network()
  const facts = temporaryFacts()
  const coin = net.deposit(alice, 10n)
  const [event] = net.chain.hide(1)
  const raw = rawPayment([], [pay(alice, 10n)], new Uint8Array(32).fill(7)).raw
  const { look } = watching(net, { facts })
  if (event) net.chain.show(1, [event])
  await look()
  net.chain.hide(1)
  if (event?.type === 'DepositCreated') net.chain.show(1, [{ ...event, transaction: raw }])
  net.chain.wait(1)
  await look()
  expect(facts.ledger.rawTransaction({ blknum: 1n, txIndex: 0 })).toEqual(raw)
  // They stay, whatever a node without a trace says later.
  net.chain.hide(1)
  if (event) net.chain.show(1, [event])
  net.chain.wait(1)
  await look()
  expect(facts.ledger.rawTransaction({ blknum: 1n, txIndex: 0 })).toEqual(raw)
  expect(facts.ledger.get(coin)?.owner).toBe(alice.address)
})
