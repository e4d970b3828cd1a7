import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startDevnetChain, type DevnetChain } from '../../devnet/devnet-chain.ts'
import { createActor } from '../../devnet/actor.ts'
import { runOperator } from '../../devnet/operator/run.ts'
import { openWallet } from '../../devnet/wallet.ts'

let devnet: DevnetChain

beforeAll(async () => {
  devnet = await startDevnetChain({ mining: 'transactions' })
}, 120_000)

afterAll(async () => {
  await devnet.chain.stop()
})

/** Starts an operator beside the contracts; what it says comes back. */
async function start(different: { authority?: `0x${string}` } = {}) {
  const { chain, deployment } = devnet
  const stop = new AbortController()
  const said: string[] = []
  let hear: () => void = () => undefined
  const running = runOperator({
    rootChain: chain.url,
    framework: deployment.framework,
    authority: deployment.accounts.authority.privateKey,
    port: 0,
    control: true,
    blockSeconds: 0,
    signal: stop.signal,
    say: (text) => {
      said.push(text)
      hear()
    },
    ...different,
  })
  const until = (word: string) =>
    new Promise<string>((resolve, reject) => {
      running.catch(reject)
      hear = () => {
        const line = said.find((each) => each.startsWith(word))
        if (line !== undefined) resolve(line)
      }
      hear()
    })
  const url = (await until('operator ')).split(' ')[1] ?? ''
  const end = async () => {
    stop.abort()
    await running
  }
  return { url, said, until, end }
}

function alice(operatorUrl: string) {
  const { chain, deployment } = devnet
  const { token, accounts } = deployment
  const wallet = openWallet({ url: chain.url, contracts: deployment, privateKey: accounts.alice.privateKey })
  return createActor('alice', wallet, { token, operatorUrl, leaves: () => Promise.resolve([]) })
}

describe('an operator beside contracts that are deployed already', () => {
  test('fills blocks by itself, and after a restart takes nothing that it may have spent', async () => {
    const first = await start()
    const person = alice(first.url)
    const coin = await person.depositEther(10n)
    const older = await person.depositEther(10n)
    expect(await person.pay(coin, person)).toMatchObject({ blknum: 1000n, txIndex: 0 })
    await first.until('block 1000')
    await first.end()

    const second = await start()
    expect(second.said.join('\n')).toContain('blocks that this operator does not know')
    const again = alice(second.url)
    await expect(again.pay(coin, again)).rejects.toThrow('submit:utxo_not_found')
    await expect(again.pay(older, again)).rejects.toThrow('submit:utxo_not_found')
    expect(await again.pay(await again.depositEther(10n), again)).toMatchObject({ blknum: 2000n })
    await second.until('block 2000')
    await second.end()
  }, 60_000)

  test('says that it is not the authority', async () => {
    const { accounts } = devnet.deployment
    const operator = await start({ authority: accounts.mallory.privateKey })
    const person = alice(operator.url)
    await person.pay(await person.depositEther(10n), person)
    expect(await operator.until('no block')).toMatch(/reverted/i)
    await operator.end()
  }, 60_000)
})
