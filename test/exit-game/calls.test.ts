import { describe, expect, test } from '@jest/globals'
import { decodeFunctionData, encodeFunctionData, parseAbi } from 'viem'
import {
  challengeStandardExitCall,
  piggybackOnInputCall,
  piggybackOnOutputCall,
  senderData,
  startInFlightExitCall,
  startStandardExitCall,
} from '../../src/exit-game/calls.ts'
import {
  challengeInputSpentCall,
  challengeNotCanonicalCall,
  challengeOutputSpentCall,
  respondToChallengeCall,
} from '../../src/exit-game/challenge-calls.ts'
import { addExitQueueCall, deleteInFlightExitCall, processExitsCall } from '../../src/exit-game/closing-calls.ts'
import { ETH, type Address, type UtxoPos } from '../../src/plasma/units.ts'
import { token } from '../support/transactions.ts'

/** Written from contracts.md, section 5. */
const abi = parseAbi([
  'struct A { uint256 utxoPos; bytes rlpOutputTx; bytes outputTxInclusionProof; }',
  'struct B { uint160 exitId; bytes exitingTx; bytes challengeTx; uint16 inputIndex; bytes witness; bytes32 senderData; }',
  'struct C { bytes inFlightTx; bytes[] inputTxs; uint256[] inputUtxosPos; bytes[] inputTxsInclusionProofs; bytes[] inFlightTxWitnesses; }',
  'struct D { bytes inFlightTx; uint16 inputIndex; }',
  'struct E { bytes inFlightTx; uint16 outputIndex; }',
  'struct F { bytes inputTx; uint256 inputUtxoPos; bytes inFlightTx; uint16 inFlightTxInputIndex; bytes competingTx; uint16 competingTxInputIndex; uint256 competingTxPos; bytes competingTxInclusionProof; bytes competingTxWitness; }',
  'struct G { bytes inFlightTx; uint16 inFlightTxInputIndex; bytes challengingTx; uint16 challengingTxInputIndex; bytes challengingTxWitness; bytes inputTx; uint256 inputUtxoPos; bytes32 senderData; }',
  'struct H { bytes inFlightTx; bytes inFlightTxInclusionProof; uint256 outputUtxoPos; bytes challengingTx; uint16 challengingTxInputIndex; bytes challengingTxWitness; bytes32 senderData; }',
  'function startStandardExit(A)',
  'function challengeStandardExit(B)',
  'function startInFlightExit(C)',
  'function piggybackInFlightExitOnInput(D)',
  'function piggybackInFlightExitOnOutput(E)',
  'function challengeInFlightExitNotCanonical(F)',
  'function respondToNonCanonicalChallenge(bytes, uint256, bytes)',
  'function challengeInFlightExitInputSpent(G)',
  'function challengeInFlightExitOutputSpent(H)',
  'function deleteNonPiggybackedInFlightExit(uint160)',
  'function processExits(uint256, address, uint160, uint256)',
  'function addExitQueue(uint256, address)',
])

const sender = '0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a' as Address
const position = 7_000_000_010_002n as UtxoPos
const [one, two, three, four, five] = [1, 2, 3, 4, 5].map((byte) => new Uint8Array(40).fill(byte)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
]

const calls = [
  ['0x70e01462', startStandardExitCall({ utxoPos: position, outputTx: one, proof: two })],
  [
    '0xdf2933e2',
    challengeStandardExitCall({
      exitId: 9n,
      exitingTx: one,
      challengeTx: two,
      inputIndex: 3,
      signature: three,
      sender,
    }),
  ],
  [
    '0x5a528514',
    startInFlightExitCall({
      inFlightTx: one,
      inputTxs: [two, three],
      inputUtxosPos: [position, position],
      inputTxsInclusionProofs: [four, five],
      signatures: [five, four],
    }),
  ],
  ['0xe5bc60c7', piggybackOnInputCall({ inFlightTx: one, inputIndex: 2 })],
  ['0xa4a25441', piggybackOnOutputCall({ inFlightTx: one, outputIndex: 2 })],
  [
    '0xe8362298',
    challengeNotCanonicalCall({
      in_flight_txbytes: one,
      in_flight_input_index: 1,
      competing_txbytes: two,
      competing_input_index: 2,
      competing_sig: three,
      competing_tx_pos: position,
      competing_proof: four,
      input_tx: five,
      input_utxo_pos: position,
    }),
  ],
  ['0x36660de4', respondToChallengeCall({ in_flight_txbytes: one, in_flight_tx_pos: position, in_flight_proof: two })],
  [
    '0xb9a3a28e',
    challengeInputSpentCall(
      {
        in_flight_txbytes: one,
        in_flight_input_index: 1,
        spending_txbytes: two,
        spending_input_index: 2,
        spending_sig: three,
        input_tx: four,
        input_utxo_pos: position,
      },
      sender,
    ),
  ],
  [
    '0x2c3bad95',
    challengeOutputSpentCall(
      {
        in_flight_txbytes: one,
        in_flight_output_pos: position,
        in_flight_proof: two,
        spending_txbytes: three,
        spending_input_index: 2,
        spending_sig: four,
      },
      sender,
    ),
  ],
  ['0xb3c2ec76', deleteInFlightExitCall(2n ** 151n + 1n)],
  ['0xd9aa4b24', processExitsCall(token, 5n)],
  ['0x45f20935', addExitQueueCall(ETH)],
] as const

describe('a call as a value is what the ABI of the contracts encodes', () => {
  test.each(calls.map(([selector, call]) => [call.functionName, selector, call] as const))(
    '%s %s',
    (functionName, selector, call) => {
      const data = encodeFunctionData({ abi, functionName, args: call.args })
      expect(data.slice(0, 10)).toBe(selector)
      const decoded = decodeFunctionData({ abi, data }).args
      expect(call.args).toEqual(decoded.map((arg) => (typeof arg === 'string' ? arg.toLowerCase() : arg)))
    },
  )

  test('each argument stands under its own name', () => {
    const [notCanonical] = calls[5][1].args
    expect(notCanonical).toMatchObject({ inputTx: hexOf(5), inFlightTx: hexOf(1), competingTx: hexOf(2) })
    expect(notCanonical).toMatchObject({ competingTxInclusionProof: hexOf(4), competingTxWitness: hexOf(3) })
    const [inputSpent] = calls[7][1].args
    expect(inputSpent).toMatchObject({ inputTx: hexOf(4), challengingTx: hexOf(2), challengingTxWitness: hexOf(3) })
    const [outputSpent] = calls[8][1].args
    expect(outputSpent).toMatchObject({ inFlightTxInclusionProof: hexOf(2), challengingTx: hexOf(3) })
  })

  test('ether is in vault 1, tokens are in vault 2', () => {
    expect(processExitsCall(ETH, 3n).args).toEqual([1n, ETH, 0n, 3n])
    expect(processExitsCall(token, 3n).args).toEqual([2n, token, 0n, 3n])
  })

  test('sender data is the hash of the packed sender', () => {
    // Made by the contracts v1.0.4: contracts.md, section 15.
    expect(senderData(sender)).toBe('0x8dd832049319556c1cd22ed66ae790d07fea25830a6151c2f0a9879b3ef61305')
  })
})

function hexOf(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0').repeat(40)}`
}
