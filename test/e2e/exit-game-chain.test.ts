import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, jest, test } from '@jest/globals'
import { createPublicClient, http, parseEther } from 'viem'
import { devnetAccounts } from '../../devnet/accounts.ts'
import { increaseTime, mine, reorganise, setAutomine } from '../../devnet/chain-control.ts'
import { startChain } from '../../devnet/chain.ts'
import { startDevnetChain } from '../../devnet/devnet-chain.ts'
import { leashScript } from '../../devnet/leash.ts'

// Only against hanging: the first start compiles the contracts.
jest.setTimeout(300_000)

function ask(url: string) {
  return createPublicClient({ transport: http(url, { retryCount: 0 }), cacheTime: 0 })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('the local chain', () => {
  test('answers when it has started, and is gone when it was stopped', async () => {
    const chain = await startChain()
    expect(await ask(chain.url).getChainId()).toBe(31337)
    const { alice } = devnetAccounts()
    expect(await ask(chain.url).getBalance({ address: alice.address })).toBe(parseEther('10000'))
    await chain.stop()
    await chain.stop()
    expect(isAlive(chain.pid)).toBe(false)
  })

  test('says so when its port is taken', async () => {
    const chain = await startChain()
    const port = Number(new URL(chain.url).port)
    await expect(startChain({ port })).rejects.toThrow(/did not start.*in use/is)
    await chain.stop()
  })

  test('says so when its state is no state', async () => {
    await expect(startChain({ statePath: '/nowhere/state.json' })).rejects.toThrow(/did not start/)
  })

  test('mines on demand, with the time that one wants', async () => {
    const chain = await startChain({ mining: 'demand' })
    const client = ask(chain.url)
    const { timestamp } = await client.getBlock()
    await mine(chain.url, 10, 5)
    await increaseTime(chain.url, 1000n)
    const latest = await client.getBlock()
    expect(latest.number).toBe(11n)
    expect(Number(latest.timestamp - timestamp)).toBeGreaterThanOrEqual(1045)
    await reorganise(chain.url, 3)
    const other = await client.getBlock({ blockNumber: 11n })
    expect(other.hash).not.toBe(latest.hash)
    await setAutomine(chain.url, true)
    await chain.stop()
  })

  test('ends with the process that holds its leash, however that dies', async () => {
    const chain = await startChain()
    const parentScript = `
      const { spawn } = require('node:child_process')
      spawn(process.execPath, ['-e', process.argv[1]], { stdio: ['pipe', 'ignore', 'ignore'] })
      process.stdout.write('tied')
      setInterval(() => {}, 1000)`
    const parent = spawn(process.execPath, ['-e', parentScript, leashScript(chain.pid)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(parent.stdout, 'data')
    parent.kill('SIGKILL')
    await chain.ended
    await expect(ask(chain.url).getChainId()).rejects.toThrow()
    await chain.stop()
  })
})

describe('the chain with the contracts', () => {
  test('goes on at the present time, with all its past, and alike for everybody', async () => {
    const [one, other] = await Promise.all([startDevnetChain(), startDevnetChain()])
    const client = ask(one.chain.url)
    const { framework } = one.deployment
    expect(other.deployment).toEqual(one.deployment)
    const logs = await client.getLogs({ address: framework, fromBlock: 0n })
    expect(logs.length).toBeGreaterThan(0)
    await mine(one.chain.url)
    const latest = await client.getBlock()
    const parent = await client.getBlock({ blockNumber: latest.number - 1n })
    expect(latest.parentHash).toBe(parent.hash)
    expect(latest.timestamp).toBeGreaterThanOrEqual(parent.timestamp)
    expect(Math.abs(Number(latest.timestamp) - Date.now() / 1000)).toBeLessThan(60)
    await Promise.all([one.chain.stop(), other.chain.stop()])
  })

  test('keeps deployments with other periods apart', async () => {
    const { chain, deployment } = await startDevnetChain({ minExitPeriodSeconds: 60n })
    const abi = [
      {
        type: 'function',
        name: 'minExitPeriod',
        inputs: [],
        outputs: [{ type: 'uint256' }],
        stateMutability: 'view',
      },
    ] as const
    const call = { address: deployment.framework, abi, functionName: 'minExitPeriod' } as const
    expect(await ask(chain.url).readContract(call)).toBe(60n)
    await chain.stop()
  })
})
