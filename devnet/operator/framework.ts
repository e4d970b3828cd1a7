import {
  createPublicClient,
  createWalletClient,
  decodeFunctionData,
  http,
  isAddressEqual,
  parseEventLogs,
  zeroAddress,
  type Log,
  type PrivateKeyAccount,
} from 'viem'
import type { Hex } from '../../src/lib/bytes.ts'
import { encodeUtxoPos } from '../../src/plasma/position.ts'
import type { Address, Hash, UtxoPos, Wei } from '../../src/plasma/units.ts'
import { operatorAbi as abi } from './abi.ts'
import { CHILD_BLOCK_INTERVAL } from './book.ts'
import type { News, OperatorRootChain } from './root-chain.ts'

type Settings = { url: string; framework: Address; authority: PrivateKeyAccount }

type Contracts = { vaults: readonly Hex[]; exitGame: Hex }

/** The root chain as the operator sees it, through the node at `url`. */
export async function connectFramework({ url, framework, authority }: Settings): Promise<OperatorRootChain> {
  const client = createPublicClient({ transport: http(url), pollingInterval: 50 })
  const wallet = createWalletClient({ transport: http(url), account: authority })
  const read = { address: framework, abi } as const
  const vault = (id: bigint) => client.readContract({ ...read, functionName: 'vaults', args: [id] })
  const contracts: Contracts = {
    vaults: (await Promise.all([vault(1n), vault(2n)])).filter((address) => !isAddressEqual(address, zeroAddress)),
    exitGame: await client.readContract({ ...read, functionName: 'exitGames', args: [1n] }),
  }
  const nextChildBlock = () => client.readContract({ ...read, functionName: 'nextChildBlock' })
  // Blocks that this operator does not know may have spent every deposit so far: it takes none of them for unspent.
  const isFresh = (await nextChildBlock()) === CHILD_BLOCK_INTERVAL
  const seen = isFresh ? -1n : await client.getBlockNumber({ cacheTime: 0 })
  return {
    nextChildBlock,
    submitBlock: async (root) => {
      const hash = await wallet.writeContract({ ...read, chain: null, functionName: 'submitBlock', args: [root] })
      const receipt = await client.waitForTransactionReceipt({ hash })
      if (receipt.status !== 'success')
        throw new Error(`The framework refused the root ${root}: is this the authority?`)
    },
    news: newsReader(client, contracts, seen),
  }
}

type Client = ReturnType<typeof createPublicClient>

function newsReader(client: Client, { vaults, exitGame }: Contracts, from: bigint): OperatorRootChain['news'] {
  let seen = from
  return async () => {
    const head = await client.getBlockNumber({ cacheTime: 0 })
    if (head <= seen) return []
    const logs = await client.getLogs({ address: [...vaults, exitGame], fromBlock: seen + 1n, toBlock: head })
    const news = await Promise.all(logs.map((log) => newsOf(client, exitGame, log)))
    seen = head
    return news.flat()
  }
}

async function newsOf(client: Client, exitGame: Hex, log: Log<bigint, number, false>): Promise<News[]> {
  const [event] = parseEventLogs({ abi, logs: [log] })
  switch (event?.eventName) {
    case 'DepositCreated':
      return [deposited(event.args)]
    case 'ExitStarted':
      return (await standardExits(client, exitGame, event.args.exitId)).map(exited)
    case 'InFlightExitStarted':
      return (await inputsOf(client, log.transactionHash)).map(exited)
    case 'InFlightExitOutputPiggybacked': {
      const { txHash, outputIndex } = event.args
      return [{ type: 'output piggybacked', txHash: txHash as Hash, outputIndex }]
    }
    default:
      return []
  }
}

function deposited(args: { depositor: Hex; blknum: bigint; token: Hex; amount: bigint }): News {
  return {
    type: 'deposited',
    utxoPos: encodeUtxoPos({ blknum: args.blknum, txIndex: 0, outputIndex: 0 }),
    owner: args.depositor.toLowerCase() as Address,
    currency: args.token.toLowerCase() as Address,
    amount: args.amount as Wei,
  }
}

function exited(utxoPos: bigint): News {
  return { type: 'exited', utxoPos: utxoPos as UtxoPos }
}

async function standardExits(client: Client, exitGame: Hex, exitId: bigint): Promise<bigint[]> {
  const exits = await client.readContract({ address: exitGame, abi, functionName: 'standardExits', args: [[exitId]] })
  return exits.filter(({ amount }) => amount > 0n).map(({ utxoPos }) => utxoPos)
}

/** The inputs that an in-flight exit was started with; none when it was started through another contract. */
async function inputsOf(client: Client, hash: Hex): Promise<readonly bigint[]> {
  const { input } = await client.getTransaction({ hash })
  try {
    const call = decodeFunctionData({ abi, data: input })
    return call.functionName === 'startInFlightExit' ? call.args[0].inputUtxosPos : []
  } catch {
    return []
  }
}
