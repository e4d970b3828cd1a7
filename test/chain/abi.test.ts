import { readFile } from 'node:fs/promises'
import { describe, expect, test } from '@jest/globals'
import { type Abi, toEventSelector, toFunctionSelector } from 'viem'
import { packageFile } from '../../devnet/package-files.ts'
import { exitGameAbi, frameworkAbi, vaultAbi } from '../../src/chain/abi.ts'

/** contracts.md 5 and watcher.md 3.4: read from the deployed contracts, not from our ABI. */
const selectors: Record<string, string> = {
  startStandardExit: '0x70e01462',
  challengeStandardExit: '0xdf2933e2',
  startInFlightExit: '0x5a528514',
  piggybackInFlightExitOnInput: '0xe5bc60c7',
  piggybackInFlightExitOnOutput: '0xa4a25441',
  challengeInFlightExitNotCanonical: '0xe8362298',
  respondToNonCanonicalChallenge: '0x36660de4',
  challengeInFlightExitInputSpent: '0xb9a3a28e',
  challengeInFlightExitOutputSpent: '0x2c3bad95',
  deleteNonPiggybackedInFlightExit: '0xb3c2ec76',
  processExits: '0xd9aa4b24',
  addExitQueue: '0x45f20935',
  deposit: '0x98b1e06a',
  blocks: '0xf25b3f99',
  nextChildBlock: '0x4ca8714f',
  standardExits: '0x0ca5b676',
  inFlightExits: '0xcec9e1a7',
}

const topics: Record<string, string> = {
  ExitStarted: '0xdd6f755cba05d0a420007aef6afc05e4889ab424505e2e440ecd1c434ba7082e',
  ExitChallenged: '0x5dfba526c59b25f899f935c5b0d5b8739e97e4d89c38c158eca3192ea34b87d8',
  ExitFinalized: '0x0adb29b0831e081044cefe31155c1f2b2b85ad3613a480a5f901ee287addef55',
  ExitOmitted: '0x91b69d9a0a91ef4f81d0232886cb1880ada4ccdadc8981a3fede280c284bc46a',
  InFlightExitStarted: '0xd5f1fe9d48880b57daa227004b16d320c0eb885d6c49d472d54c16a05fa3179e',
  InFlightExitInputPiggybacked: '0xa93c0e9b202feaf554acf6ef1185b898c9f214da16e51740b06b5f7487b018e5',
  InFlightExitOutputPiggybacked: '0x6ecd8e79a5f67f6c12b54371ada2ffb41bc128c61d9ac1e969f0aa2aca46cd78',
  InFlightExitChallenged: '0x687401968e501bda2d2d6f880dd1a0a56ff50b1787185ee0b6f4c3fb9fc417ab',
  InFlightExitChallengeResponded: '0x637cc4a7148767df19331a5c7dfb6d31f0a7e159a3dbb28a716be18c8c74f768',
  InFlightExitInputBlocked: '0x4794045885b2e249895bc730deb7caedc2e6b4b49d56ccd696b69d1f4944b8ec',
  InFlightExitOutputBlocked: '0xcbe8dad2e7fcbfe0dcba2f9b2e44f122c66cd26dc0808a0f7e9ec41e4fe285bf',
  InFlightExitInputWithdrawn: '0x4446ec118df0062851669a051944a56f276ef134203ac88cbb6032bd10b6aeec',
  InFlightExitOutputWithdrawn: '0xa241c6deaf193e53a1b002d779e4f247bf5d57ba0be5a753e628dfcee645a4f7',
  InFlightExitOmitted: '0x438fb52bbaecea88ef59bcef337f0f8d5ba28dc74f727c0c176f81ff2c7ab81f',
  InFlightExitDeleted: '0x1991c4c350498b0cc937c6a08bc5bdecf2e4fdd9d918052a880f102e43dbe45c',
  BlockSubmitted: '0x5a978f4723b249ccf79cd7a658a8601ce1ff8b89fc770251a6be35216351ce32',
  DepositCreated: '0x18569122d84f30025bb8dffb33563f1bdbfb9637f21552b11b8305686e9cb307',
  ExitQueued: '0xe15a4f223f922b625f5fdd941101a23fa0c097e522233d47a7cbea2167e92701',
  ProcessedExitsNum: '0x7e35599fe450e626673ce6c37179ef9820aed16f76c1b350618ef7a612d13005',
  EthWithdrawn: '0x8455ae6be5d92f1df1c3c1484388e247a36c7e60d72055ae216dbc258f257d4b',
}

const abi = [...frameworkAbi, ...vaultAbi, ...exitGameAbi]

describe('Our ABI speaks to the deployed contracts of v1.0.4', () => {
  test.each(Object.entries(selectors))('%s has selector %s', (name, selector) => {
    const item = abi.find((entry) => entry.type === 'function' && entry.name === name)
    expect(item?.type === 'function' && toFunctionSelector(item)).toBe(selector)
  })

  test.each(Object.entries(topics))('%s has topic %s', (name, topic) => {
    const item = abi.find((entry) => entry.type === 'event' && entry.name === name)
    expect(item?.type === 'event' && toEventSelector(item)).toBe(topic)
  })

  test.each([
    ['PlasmaFramework', frameworkAbi],
    ['EthVault', vaultAbi],
    ['Erc20Vault', vaultAbi],
    ['PaymentExitGame', exitGameAbi],
  ])('every event of the network’s %s is one of ours, and read alike', async (name, ours) => {
    const path = packageFile(`@omisego/omg-js-rootchain/src/contracts/${name}.json`)
    const { abi: theirs } = JSON.parse(await readFile(path, 'utf8')) as { abi: Abi }
    const known = new Set(eventsOf(ours))
    expect(eventsOf(theirs).length).toBeGreaterThan(0)
    for (const event of eventsOf(theirs)) expect(known).toContain(event)
  })
})

/** With its topic, and what of it is indexed. */
function eventsOf(contract: Abi): string[] {
  return contract.flatMap((item) =>
    item.type === 'event'
      ? [`${toEventSelector(item)} ${item.inputs.map(({ indexed }) => indexed === true).join()}`]
      : [],
  )
}
