import { ETH, type Wei } from '../../../src/plasma/units.ts'
import { doubleSpend, foreignSignature, mintFromNothing, phantomInput } from '../../operator/cheats.ts'
import { whole } from '../amounts.ts'
import type { Scenario } from '../scenario.ts'
import type { World } from '../world.ts'
import { badBlock, carryOff, hasLeft, IN_VAULT, type Misdeed, onlyEvents, RECEIVED, SAVED } from './bad-block.ts'
import type { Savings } from './own-money.ts'
import { payday } from './payday.ts'

export const invalidBlockMint = invalidBlock({
  name: 'invalid_block_mint',
  story: 'The operator makes money from nothing and exits it, as much as the vault holds; own money is home before.',
  misdeed: mint,
})

export const invalidBlockDoubleSpend = invalidBlock({
  name: 'invalid_block_double_spend',
  story: 'The operator spends an output twice and exits both; own money is home before, so only one of them is paid.',
  brings: whole(20),
  takes: whole(20),
  async misdeed({ mallory, carol }) {
    const coin = await mallory.depositEther(whole(20))
    return { also: doubleSpend({ thief: mallory.signer, coin, to: carol.address }) }
  },
})

export const invalidBlockTheft = invalidBlock({
  name: 'invalid_block_theft',
  story: "The operator moves an own output with a stranger's signature; it is home before the loot.",
  misdeed: ({ mallory }, { coins }) => ({
    also: coins.slice(0, 1).flatMap((coin) => foreignSignature({ thief: mallory.signer, coin })),
  }),
})

export const invalidBlockPhantomInput = invalidBlock({
  name: 'invalid_block_phantom_input',
  story: 'The operator spends an output that never was, and exits what comes of it; own money is home before.',
  misdeed: ({ mallory }) => ({ also: phantomInput({ thief: mallory.signer, currency: ETH, amount: IN_VAULT as Wei }) }),
})

export const invalidBlockForged = invalidBlock({
  name: 'invalid_block_forged',
  story: 'The operator serves other bytes than those of the root, and hides that it makes money from nothing.',
  // What the root stands for is not known, so neither is what others have paid in that block.
  hides: true,
  misdeed: (world) => ({ ...mint(world), serving: 'forged' }),
})

function mint({ mallory }: Pick<World, 'mallory'>): Misdeed {
  return { also: mintFromNothing({ to: mallory.address, currency: ETH, amount: IN_VAULT as Wei }) }
}

type Story = {
  name: string
  story: string
  misdeed: (world: World, savings: Savings) => Promise<Misdeed> | Misdeed
  /** What the operator has brought into the vault itself, and what it gets out of it. */
  brings?: bigint
  takes?: bigint
  hides?: boolean
}

function invalidBlock({ name, story, misdeed, brings = 0n, takes = 0n, hides = false }: Story): Scenario<World> {
  return {
    ...{ name, event: 'invalid_block', modes: ['embedded', 'remote'], story },
    async play(world) {
      const { block, belongings, loot } = await badBlock(world, (savings) => misdeed(world, savings))
      const { old, deposit, swallowed, published, received } = belongings
      const stolen = await carryOff(world, loot)
      // A Watcher says nothing of what is in a block that it refuses.
      const isReceived = world.mode === 'embedded' && !hides
      const inFlight = [swallowed, published].map((payment) => ({ payment, pieces: ['input 0', 'output 1'] }))
      const own = await hasLeft(world, {
        ...{ event: 'invalid_block', block, coins: [old, deposit] },
        inFlight: [...inFlight, ...(isReceived ? [{ payment: received, pieces: ['output 0'] }] : [])],
      })
      const earned = SAVED + (isReceived ? RECEIVED : 0n)
      await payday(world, { own, after: stolen, earned, left: IN_VAULT + brings - takes - earned })
      onlyEvents(world, 'invalid_block', 'piggyback_available', 'exit_processable')
    },
  }
}
