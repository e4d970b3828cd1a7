import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createEnds, malloryCheats, type Network, openNetwork, start, startGuard } from '../support/guarded-network.ts'

const LIMIT = 300_000
const says = (msg: string) => (line: Readonly<Record<string, unknown>>) => line['msg'] === msg

const ends = createEnds()
let network: Network
beforeAll(async () => {
  network = await openNetwork(ends)
}, LIMIT)
afterAll(() => ends.run(), LIMIT)

test(
  'a person asks the running guard what there is to answer and until when, and the chain for the ledger',
  async () => {
    const { accounts, framework } = network.deployment
    const file = {
      mode: 'observe',
      rootChain: { urls: [network.chain.url], plasmaFramework: framework },
      childChain: { url: network.operatorUrl },
    }
    const environment = { PRIVATE_KEY: accounts.guard.privateKey }
    const guard = await startGuard(ends, file, environment)
    await guard.until(says('guard started'))
    const { exitId } = await malloryCheats(network)
    await guard.until((line) => says('event emitted')(line) && line['event'] === 'invalid_exit')

    const status = start(ends, { folder: guard.folder, environment, args: ['status', '--json'] })
    expect(await status.ended).toBe(0)
    const [shown] = status.lines
    expect(shown).toMatchObject({
      mode: 'observe',
      gate: 'open',
      accounts: [accounts.guard.address],
      leaving: { allowed: false },
      obligations: [
        { event: 'invalid_exit', exit_id: exitId.toString(), stake: (10n ** 18n).toString(), own: false, attempts: 1 },
      ],
      transactions: [],
    })
    const [obligation] = shown?.['obligations'] as { deadline: string; seconds_left: string }[]
    expect(BigInt(obligation?.seconds_left ?? 0n)).toBeGreaterThan(0n)

    await network.bob.startStandardExit(await network.bob.depositEther(5n))
    const ledger = start(ends, { folder: guard.folder, environment, args: ['ledger', '--json'] })
    expect(await ledger.ended).toBe(0)
    expect(ledger.lines).toMatchObject([{ accounts: [{ account: accounts.guard.address, posted: '0', gas: '0' }] }])

    guard.stop()
    await guard.ended
    const late = start(ends, { folder: guard.folder, environment, args: ['status'] })
    expect(await late.ended).toBe(1)
    expect(late.complaint()).toContain('NO_DAEMON')
  },
  LIMIT,
)
