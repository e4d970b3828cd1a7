import { expect, test } from '@jest/globals'
import type { Hash } from '../../src/plasma/units.ts'
import type { ServedBlock } from '../../src/watcher/operator.ts'
import { alice, bob } from '../support/signers.ts'
import { pay, payment } from '../support/transactions.ts'
import { network, useWatchers } from './network.ts'

const watching = useWatchers()

const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

test('a bad block that the root chain takes back while its transactions are looked at is not called bad any more', async () => {
  const net = network()
  const coin = net.deposit(alice, 10n)
  const spend = payment([{ utxoPos: coin, signer: alice }], [pay(bob, 10n)])
  const height = net.chain.height()
  const wrongHash = `0x${'e'.repeat(64)}` as Hash
  const rubbish = (block: ServedBlock) => ({ ...block, hash: wrongHash, transactions: Array(5_000).fill(spend.bytes) })
  net.submit([], rubbish)
  net.submit([spend], rubbish)
  const { look, heard } = watching(net)
  await look()
  void look()
  await turns(8)
  net.chain.reorganise(height + 1)
  net.chain.wait(3)
  heard.length = 0
  await look()
  await turns(60)
  expect(heard.map(({ conditions }) => conditions)).toEqual([[]])
})
