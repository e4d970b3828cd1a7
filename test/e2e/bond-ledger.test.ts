import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import type { Role } from '../../devnet/accounts.ts'
import { readDeployment } from '../../src/chain/deployment.ts'
import { createNode } from '../../src/chain/node.ts'
import { readBondBook, type BondBook } from '../../src/guard/bond-book.ts'
import { ledgerJson, ledgerText } from '../../src/cli/ledger.ts'
import type { Hash, Timestamp } from '../../src/plasma/units.ts'
import type { SentTransaction } from '../../src/store/sent-transactions.ts'
import type { Coin } from './exit-game-coins.ts'
import { exitableAt, exitCalls } from './exit-game-exits.ts'
import { IFE_BOND, only, openStage, PB_BOND, SE_BOND, type Done, type Stage } from './exit-game-stage.ts'

// Only against hanging: the first start compiles the contracts.
jest.setTimeout(300_000)

let stage: Stage
let calls: ReturnType<typeof exitCalls>

beforeAll(async () => {
  stage = await openStage()
  calls = exitCalls(stage)
})
afterAll(() => stage.close())

/** Somebody exits a coin of his that he has signed away, and another shows the contract so. */
async function stolenExit(owner: Role, by: Role): Promise<Done> {
  const coin = await stage.deposit(owner, 5n)
  const spender = stage.pay([coin], { to: 'carol', amount: 5n })
  const { exitId } = only(await calls.startStandardExit(coin), 'ExitStarted')
  return calls.challengeStandardExit({ coin, exitId: exitId as bigint, spender }, { by })
}

async function inFlight(by: Role, coin: Coin) {
  const payment = stage.pay([coin], { to: 'alice', amount: 5n })
  await calls.startInFlightExit(payment, { by })
  return payment
}

function read(roles: readonly Role[], sent: readonly SentTransaction[] = []): Promise<BondBook> {
  const node = createNode({ urls: [stage.chain.url] })
  const own = new Set(roles.map((role) => stage.accounts[role].address))
  return readDeployment(node, stage.deployment.framework).then((deployment) =>
    readBondBook({ node, deployment, own, sent }),
  )
}

test('the ledger tells what every bond came to, and agrees with what the contract holds', async () => {
  // Alice's own exit is challenged away, her piggyback comes home, her second exit stands.
  await stolenExit('alice', 'mallory')
  const joined = await inFlight('bob', await stage.deposit('bob', 5n))
  const piggybacked = await calls.piggybackOnOutput(joined, 0)
  // The guard wins an invalid exit, and the bond of an in-flight exit by the competitor that it shows.
  const challenge = await stolenExit('mallory', 'guard')
  const twice = await stage.deposit('mallory', 5n)
  const rival = await inFlight('mallory', twice)
  await calls.piggybackOnInput(rival, 0)
  const competitor = stage.pay([twice], { to: 'bob', amount: 5n })
  await calls.challengeNotCanonical({ inFlight: rival, competitor }, { by: 'guard' })
  // Carol joins the wrong side of a canonical exit: it is processed without a word, and her bonds come back.
  const silent = await inFlight('carol', await stage.deposit('carol', 5n))
  const last = await calls.piggybackOnInput(silent, 0)
  await stage.passUntil(exitableAt(piggybacked) > exitableAt(last) ? exitableAt(piggybacked) : exitableAt(last))
  await stage.pass(10n)
  await stage.processExits()
  await calls.startStandardExit(await stage.deposit('alice', 9n))
  await inFlight('guard', await stage.deposit('bob', 5n))

  const { gasUsed, effectiveGasPrice, transactionHash } = challenge.receipt
  const sent: SentTransaction = {
    ...{ key: 'a key', purpose: 'challengeStandardExit', account: stage.accounts.guard.address, nonce: 0 },
    ...{ txHashes: [`0x${'12'.repeat(32)}` as Hash, transactionHash as Hash], underWay: false },
    updatedAt: 0n as Timestamp,
  }
  const book = await read(['alice', 'guard', 'carol'], [sent])
  const none = { posted: 0n, returned: 0n, lost: 0n, locked: 0n, won: 0n, gas: 0n, transactions: 0 }
  expect(book.accounts).toEqual([
    {
      ...{ account: stage.accounts.alice.address, ...none, posted: 2n * SE_BOND + PB_BOND },
      ...{ returned: PB_BOND, lost: SE_BOND, locked: SE_BOND },
    },
    {
      ...{ account: stage.accounts.guard.address, ...none, posted: IFE_BOND, locked: IFE_BOND },
      ...{ won: SE_BOND + IFE_BOND, gas: gasUsed * effectiveGasPrice, transactions: 1 },
    },
    {
      ...{ account: stage.accounts.carol.address, ...none },
      ...{ posted: IFE_BOND + PB_BOND, returned: IFE_BOND + PB_BOND },
    },
  ])
  expect(JSON.stringify(ledgerJson(book))).toContain(`"won":"${SE_BOND + IFE_BOND}"`)
  expect(ledgerText(book)).toMatch(new RegExp(`${stage.accounts.alice.address} +0.056 ETH +0.028 ETH +0.014 ETH`))

  const { accounts } = await read(['alice', 'bob', 'carol', 'mallory', 'guard'])
  const locked = accounts.reduce((sum, each) => sum + each.locked, 0n)
  expect(locked).toBe(await stage.client.getBalance({ address: stage.deployment.exitGame }))
})
