import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createEnds, malloryCheats, type Network, openNetwork, start, startGuard } from '../support/guarded-network.ts'

const LIMIT = 240_000
const says = (msg: string) => (line: Readonly<Record<string, unknown>>) => line['msg'] === msg
/** An answer that a closed gate has refused. */
const waits = (line: Readonly<Record<string, unknown>>) =>
  says('execution failed')(line) && String(line['error']).includes('GATE_CLOSED')
const pausedAlarm = (line: Readonly<Record<string, unknown>>) => says('alarm raised')(line) && line['kind'] === 'paused'

let ends = createEnds()
let network: Network
beforeEach(async () => {
  ends = createEnds()
  network = await openNetwork(ends)
}, LIMIT)
afterEach(async () => {
  await ends.run()
}, LIMIT)

const file = () => ({
  rootChain: { urls: [network.chain.url], plasmaFramework: network.deployment.framework },
  childChain: { url: network.operatorUrl },
  control: { port: 0 },
})
const environment = () => ({ PRIVATE_KEY: network.deployment.accounts.guard.privateKey })
const sentByGuard = () => network.client.getTransactionCount({ address: network.deployment.accounts.guard.address })

/** Runs a command against the guard that lives in a folder. */
async function command(folder: string, ...args: string[]) {
  const program = start(ends, { folder, environment: environment(), args: [...args, '--json'] })
  const code = await program.ended
  return { code, said: program.lines[0], complaint: program.complaint() }
}

describe('a guard that a person pauses', () => {
  test(
    'goes on watching, answers nothing, also when it is started anew, and answers at once when it may again',
    async () => {
      const first = await startGuard(ends, file(), environment())
      await first.until(says('guard started'))
      expect(await command(first.folder, 'pause')).toMatchObject({ code: 0, said: { state: 'paused', under_way: 0 } })
      await malloryCheats(network)
      const { deadline } = await first.until(says('event emitted'))
      const iso = new Date(Number(deadline) * 1000).toISOString().replace('.000', '')
      await first.until((line) => pausedAlarm(line) && String(line['message']).includes(iso))
      await first.until(waits)
      first.kill()
      await first.ended

      const second = start(ends, { folder: first.folder, environment: environment() })
      await second.until((line) => pausedAlarm(line) && String(line['message']).includes(iso))
      await second.until(waits)
      expect(await sentByGuard()).toBe(0)

      // Without a new head, and before any cool-down is over.
      await network.time.stand()
      expect(await command(first.folder, 'resume')).toMatchObject({ code: 0, said: { state: 'open' } })
      await second.until(says('alarm over'))
      await second.until(says('transaction sent'))
      await network.time.go()
      expect(await second.until(says('answer ended'))).toMatchObject({ outcome: 'done_by_us' })
      expect(await sentByGuard()).toBe(1)
    },
    LIMIT,
  )
})

describe('a guard that a person drains', () => {
  test(
    'waits for what is under way, begins nothing, and ends well',
    async () => {
      const guard = await startGuard(ends, file(), environment())
      await guard.until(says('guard started'))
      const { exitId } = await malloryCheats(network)
      await guard.until(says('transaction sent'))
      expect(await command(guard.folder, 'drain')).toMatchObject({ code: 0, said: { drained: true, under_way: 0 } })
      expect(await guard.ended).toBe(0)
      expect(guard.lines.find(says('answer ended'))).toMatchObject({ exitId: exitId.toString(), outcome: 'done_by_us' })
      expect(guard.lines.at(-1)).toMatchObject({ msg: 'guard stopped' })
      const nobody = await command(guard.folder, 'pause')
      expect(nobody).toMatchObject({ code: 1 })
      expect(nobody.complaint).toContain('NO_DAEMON')
    },
    LIMIT,
  )

  test(
    'ends when the given time is over, says that something is under way, and the next one brings it home',
    async () => {
      const guard = await startGuard(ends, file(), environment())
      await guard.until(says('guard started'))
      await command(guard.folder, 'pause')
      await malloryCheats(network)
      await guard.until(waits)
      await network.time.stand()
      await command(guard.folder, 'resume')
      await guard.until(says('transaction sent'))
      const drained = await command(guard.folder, 'drain', '--timeout', '1')
      expect(drained).toMatchObject({ code: 1, said: { drained: false, under_way: 1 } })
      expect(await guard.ended).toBe(1)
      expect(guard.complaint()).toContain('ENDED_UNDRAINED')

      const next = start(ends, { folder: guard.folder, environment: environment() })
      await next.until(says('transaction taken up again'))
      await network.time.go()
      while ((await sentByGuard()) < 1) await network.time.blocks(1)
    },
    LIMIT,
  )
})
