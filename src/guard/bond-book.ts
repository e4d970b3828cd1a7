import { readBondFacts } from '../chain/bond-facts.ts'
import type { Deployment } from '../chain/deployment.ts'
import { createExitGameReader } from '../chain/exit-game.ts'
import { readGasSpent } from '../chain/gas-spent.ts'
import type { Node } from '../chain/node.ts'
import { createRootChain } from '../chain/root-chain.ts'
import { foldBonds, sumBonds, withState, type Bond, type BondSum } from '../exit-game/bond-ledger.ts'
import { isMarked } from '../exit-game/contract-piece.ts'
import type { Address, Wei } from '../plasma/units.ts'
import type { SentTransaction } from '../store/sent-transactions.ts'
import { mapBounded } from '../watcher/bounded.ts'

/** What one account has posted, won and paid. `gas`: of the transactions in our journal. */
export type AccountBook = BondSum & { account: Address; gas: Wei; transactions: number }

/** `bonds`: those that an own account has posted or taken, in the order of the chain up to `height`. */
export type BondBook = { height: bigint; accounts: readonly AccountBook[]; bonds: readonly Bond[] }

type Parts = { node: Node; deployment: Deployment; own: ReadonlySet<Address>; sent: readonly SentTransaction[] }

const AT_ONCE = 8

/**
 * Reads the ledger of our accounts from the chain: from the exit game's logs, its state, and the receipts of what our
 * journal says was sent.
 */
export async function readBondBook({ node, deployment, own, sent }: Parts): Promise<BondBook> {
  const { number: height } = await createRootChain({ node, deployment }).head()
  const { facts, failed } = await readBondFacts({ node, deployment }, height)
  const bonds = await settled(foldBonds(facts, failed), { node, deployment, own })
  const gas = await gasOf(node, sent)
  return {
    height,
    bonds,
    accounts: [...own].map((account) => {
      const spent = gas.filter((each) => each.account === account)
      return {
        account,
        ...sumBonds(bonds, account),
        gas: spent.reduce((sum, each) => sum + each.spent, 0n) as Wei,
        transactions: spent.length,
      }
    }),
  }
}

/** Ours only: of others' bonds it matters which ones we have taken. */
async function settled(bonds: readonly Bond[], { node, deployment, own }: Omit<Parts, 'sent'>): Promise<Bond[]> {
  const ours = bonds.filter(
    ({ postedBy, receiver }) => own.has(postedBy) || (receiver !== undefined && own.has(receiver)),
  )
  const open = ours.filter(({ kind, end }) => end === 'locked' && kind !== 'standard_exit')
  const ids = [...new Set(open.map(({ exitId }) => exitId))]
  const states = await createExitGameReader(node, deployment).inFlightExits(ids)
  const byId = new Map(ids.map((id, at) => [id, states[at]]))
  return withState(ours, (exitId) => {
    const state = byId.get(exitId)
    return {
      isHeld: state !== undefined && state.exitStartTimestamp !== 0n,
      isMarked: (piece) => isMarked(state?.exitMap ?? 0n, piece),
    }
  })
}

/** Of each transaction at most one version is mined. */
async function gasOf(node: Node, sent: readonly SentTransaction[]) {
  const hashes = sent.flatMap(({ txHashes }) => txHashes)
  const found = await mapBounded(hashes, AT_ONCE, (txHash) => readGasSpent(node, txHash))
  return found.flatMap((each) => each ?? [])
}
