import type { Address, Wei } from '../src/plasma/units.ts'
import type { Coin, Leaves } from './actor-coin.ts'
import { type Deposited, depositEther, depositToken } from './actor-deposit.ts'
import {
  challengeInputSpent,
  challengeNotCanonical,
  challengeOutputSpent,
  deleteNonPiggybacked,
  piggybackOnInput,
  piggybackOnOutput,
  respondToNonCanonicalChallenge,
  startInFlightExit,
} from './actor-in-flight-exit.ts'
import { included, type Included, makePayment, type Payee, type Payment } from './actor-payment.ts'
import {
  challengeStandardExitCall,
  processExits,
  startStandardExit,
  startStandardExitCall,
  type StartedExit,
} from './actor-standard-exit.ts'
import { submitPayment } from './actor-submit.ts'
import type { Signer } from './operator/payment.ts'
import type { Call, Receipt, Wallet } from './wallet.ts'

/** A person with a key, who does on both chains what people do. Every call resolves when it is mined. */
export type Actor = {
  name: string
  address: Address
  signer: Signer
  wallet: Wallet
  depositEther: (amount: bigint) => Promise<Deposited>
  depositToken: (amount: bigint) => Promise<Deposited>
  /** Signs a payment and keeps it. Inputs of others are signed by `cosigners`. */
  sign: (inputs: readonly Coin[], payees: readonly Payee[], cosigners?: readonly Actor[]) => Payment
  /** Pays a whole coin, or a part of it with the change coming back, through the operator. */
  pay: (coin: Coin, to: { address: Address }, amount?: bigint) => Promise<Included>
  /** Hands a signed payment to the operator. */
  submit: (payment: Payment) => Promise<Included>
  startStandardExit: (coin: Coin) => Promise<StartedExit>
  startStandardExitCall: (coin: Coin) => Promise<Call>
  challengeStandardExit: (exit: StartedExit, spender: Payment) => Promise<Receipt>
  challengeStandardExitCall: (exit: StartedExit, spender: Payment) => Call
  startInFlightExit: (payment: Payment) => Promise<Receipt>
  piggybackOnInput: (payment: Payment, inputIndex: number) => Promise<Receipt>
  piggybackOnOutput: (payment: Payment, outputIndex: number) => Promise<Receipt>
  challengeNotCanonical: (inFlight: Payment, competitor: Payment | Included) => Promise<Receipt>
  respondToNonCanonicalChallenge: (inFlight: Included) => Promise<Receipt>
  challengeInputSpent: (inFlight: Payment, spender: Payment) => Promise<Receipt>
  challengeOutputSpent: (inFlight: Included, spender: Payment) => Promise<Receipt>
  deleteNonPiggybacked: (exitId: bigint) => Promise<Receipt>
  processExits: (currency: Address) => Promise<Receipt>
}

type Surroundings = { token: Address; operatorUrl: string; leaves: Leaves }

export function createActor(name: string, wallet: Wallet, { token, operatorUrl, leaves }: Surroundings): Actor {
  const { address, signer } = wallet
  const sign: Actor['sign'] = (inputs, payees, cosigners = []) =>
    makePayment([signer, ...cosigners.map((each) => each.signer)], inputs, payees)
  const submit: Actor['submit'] = async (payment) => included(payment, await submitPayment(operatorUrl, payment))
  return {
    name,
    address,
    signer,
    wallet,
    sign,
    submit,
    pay: (coin, to, amount = coin.amount) => submit(sign([coin], payees(address, coin, { to: to.address, amount }))),
    depositEther: (amount) => depositEther(wallet, amount as Wei),
    depositToken: (amount) => depositToken(wallet, token, amount as Wei),
    startStandardExit: (coin) => startStandardExit(wallet, coin, leaves),
    startStandardExitCall: (coin) => startStandardExitCall(wallet, coin, leaves),
    challengeStandardExit: (exit, spender) => wallet.call(challengeStandardExitCall(wallet, exit, spender)),
    challengeStandardExitCall: (exit, spender) => challengeStandardExitCall(wallet, exit, spender),
    startInFlightExit: (payment) => startInFlightExit(wallet, payment, leaves),
    piggybackOnInput: (payment, index) => piggybackOnInput(wallet, payment, index),
    piggybackOnOutput: (payment, index) => piggybackOnOutput(wallet, payment, index),
    challengeNotCanonical: (inFlight, competitor) => challengeNotCanonical(wallet, { inFlight, competitor }, leaves),
    respondToNonCanonicalChallenge: (inFlight) => respondToNonCanonicalChallenge(wallet, inFlight, leaves),
    challengeInputSpent: (inFlight, spender) => challengeInputSpent(wallet, inFlight, spender),
    challengeOutputSpent: (inFlight, spender) => challengeOutputSpent(wallet, { inFlight, spender }, leaves),
    deleteNonPiggybacked: (exitId) => deleteNonPiggybacked(wallet, exitId),
    processExits: (currency) => processExits(wallet, currency),
  }
}

function payees(owner: Address, coin: Coin, { to, amount }: { to: Address; amount: bigint }): Payee[] {
  const change = coin.amount - amount
  const paid = { to, amount: amount as Wei }
  return change > 0n ? [paid, { to: owner, amount: change as Wei }] : [paid]
}
