import { createRequire } from 'node:module'
import { Web3 } from 'web3'
import type { Address } from '../../src/plasma/units.ts'

type Class = { new (settings: object): Readonly<Record<string, unknown>>; prototype: object }

const load = createRequire(import.meta.url)
const classes = {
  ChildChain: load('@omisego/omg-js-childchain') as Class,
  RootChain: load('@omisego/omg-js-rootchain') as Class,
}

/** Which test calls which methods. Together they are all that there are. */
export const themes = {
  wallet: [
    'ChildChain.getUtxos',
    'ChildChain.getBalance',
    'ChildChain.getTransaction',
    'ChildChain.getFees',
    'ChildChain.getTransactions',
    'ChildChain.getDeposits',
    'ChildChain.createTransaction',
    'ChildChain.signTypedData',
    'ChildChain.submitTyped',
    'ChildChain.signTransaction',
    'ChildChain.buildSignedTransaction',
    'ChildChain.submitTransaction',
    'ChildChain.sendTransaction',
    'ChildChain.mergeUtxos',
    'RootChain.getErc20Vault',
    'RootChain.getEthVault',
    'RootChain.approveToken',
    'RootChain.deposit',
    'RootChain.hasToken',
    'RootChain.addToken',
  ],
  exits: [
    'ChildChain.status',
    'ChildChain.getExitData',
    'ChildChain.getChallengeData',
    'RootChain.getPaymentExitGame',
    'RootChain.getExitTime',
    'RootChain.getExitQueue',
    'RootChain.getStandardExitId',
    'RootChain.startStandardExit',
    'RootChain.getDepositExitData',
    'RootChain.challengeStandardExit',
    'RootChain.processExits',
  ],
  inFlight: [
    'ChildChain.inFlightExitGetData',
    'ChildChain.inFlightExitGetCompetitor',
    'ChildChain.inFlightExitProveCanonical',
    'ChildChain.inFlightExitGetInputChallengeData',
    'ChildChain.inFlightExitGetOutputChallengeData',
    'RootChain.getInFlightExitId',
    'RootChain.getInFlightExitData',
    'RootChain.startInFlightExit',
    'RootChain.piggybackInFlightExitOnOutput',
    'RootChain.piggybackInFlightExitOnInput',
    'RootChain.challengeInFlightExitNotCanonical',
    'RootChain.respondToNonCanonicalChallenge',
    'RootChain.challengeInFlightExitInputSpent',
    'RootChain.challengeInFlightExitOutputSpent',
    'RootChain.deleteNonPiggybackedInFlightExit',
  ],
} as const

type Named = (typeof themes)[keyof typeof themes][number]
type MethodsOf<Name extends string> = Named extends infer Full
  ? Full extends `${Name}.${infer Method}`
    ? Method
    : never
  : never

/** A half of the published client, which has no types: whatever it takes and gives. */
type Client<Name extends string> = Readonly<Record<MethodsOf<Name>, (...given: readonly unknown[]) => unknown>>

/** Every method of both classes. */
export function allMethods(): string[] {
  return Object.entries(classes).flatMap(([name, { prototype }]) =>
    Object.getOwnPropertyNames(prototype).flatMap((method) => (method === 'constructor' ? [] : [`${name}.${method}`])),
  )
}

type Settings = { rootChain: string; framework: Address; watcherUrl: string; watcherSecurityUrl?: string }

/** Both halves of the client as a wallet makes them; `called` fills with the names of the methods that it calls. */
export function openClients({ rootChain, framework, ...urls }: Settings) {
  const web3 = new Web3(rootChain)
  web3.eth.transactionPollingInterval = 20
  // omg-js asks for the version, which web3 keeps on its class since version 4 (contracts.md 14).
  Object.assign(web3, { version: Web3.version })
  const called = new Set<string>()
  const recorded = <Name extends keyof typeof classes>(name: Name, settings: object) =>
    new Proxy(new classes[name](settings), {
      get: (client, method: string) => {
        const call = client[method]
        if (typeof call !== 'function') return call
        called.add(`${name}.${method}`)
        return (...given: readonly unknown[]): unknown => Reflect.apply(call, client, given)
      },
    }) as Client<Name>
  return {
    called,
    childChain: recorded('ChildChain', { ...urls, plasmaContractAddress: framework }),
    rootChain: recorded('RootChain', { web3, plasmaContractAddress: framework }),
  }
}

export type Clients = ReturnType<typeof openClients>
