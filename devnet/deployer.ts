import { createPublicClient, encodeDeployData, encodeFunctionData, http, type Abi } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { GuardError } from '../src/lib/errors.ts'
import type { Hex } from '../src/lib/bytes.ts'
import type { Address } from '../src/plasma/units.ts'
import type { Account } from './accounts.ts'
import type { Artifact } from './artifact.ts'

/** One person's hands on a chain: each call is mined before the next. */
export type Deployer = {
  deploy: (artifact: Artifact, args: readonly unknown[]) => Promise<Address>
  call: (call: { to: Address; abi: Abi; name: string; args: readonly unknown[] }) => Promise<void>
}

class DeploymentRevertedError extends GuardError {
  override readonly code = 'DEPLOYMENT_REVERTED'
}

/** @throws {@link DeploymentRevertedError} from its calls, when the chain reverts one. */
export function deployerOf(url: string, { privateKey }: Account): Deployer {
  const account = privateKeyToAccount(privateKey)
  const client = createPublicClient({ transport: http(url), pollingInterval: 20, cacheTime: 0 })

  async function send(data: Hex, to?: Address): Promise<Address | null> {
    const request = { account, data, to: to ?? null, chain: null }
    const [gas, nonce, chainId] = await Promise.all([
      client.estimateGas(request),
      client.getTransactionCount({ address: account.address }),
      client.getChainId(),
    ])
    const fees = { maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 10n ** 9n }
    const signed = await account.signTransaction({ ...fees, data, to: to ?? null, gas, nonce, chainId })
    const hash = await client.sendRawTransaction({ serializedTransaction: signed })
    const receipt = await client.waitForTransactionReceipt({ hash })
    if (receipt.status !== 'success') throw new DeploymentRevertedError('A call of the deployment failed.', { hash })
    return (receipt.contractAddress ?? null) as Address | null
  }

  return {
    async deploy({ abi, bytecode }, args) {
      const address = await send(encodeDeployData({ abi, bytecode, args }))
      if (address === null) throw new DeploymentRevertedError('The chain names no contract address.')
      return address
    },
    async call({ to, abi, name, args }) {
      await send(encodeFunctionData({ abi, functionName: name, args }), to)
    },
  }
}
