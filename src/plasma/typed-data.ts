import { writeAddress } from './address-bytes.ts'
import { keccak as nobleKeccak, type Keccak } from './keccak.ts'
import { decodeUtxoPos } from './position.ts'
import type { Output, Transaction } from './transaction.ts'
import { writeUint } from './uint.ts'
import type { Address, UtxoPos } from './units.ts'

const SALT = 'fad5c7f626d80f9256ef01929f3beb96e058b8b4b0e3fe52d84f054c0e2a7a83'
const INPUT = 'Input(uint256 blknum,uint256 txindex,uint256 oindex)'
const OUTPUT = 'Output(uint256 outputType,bytes20 outputGuard,address currency,uint256 amount)'
const TRANSACTION =
  'Transaction(uint256 txType,Input input0,Input input1,Input input2,Input input3,' +
  'Output output0,Output output1,Output output2,Output output3,uint256 txData,bytes32 metadata)'
const DOMAIN = 'EIP712Domain(string name,string version,address verifyingContract,bytes32 salt)'

const INPUT_TYPE = textHash(INPUT)
const OUTPUT_TYPE = textHash(OUTPUT)
const TRANSACTION_TYPE = textHash(TRANSACTION + INPUT + OUTPUT)
const NO_INPUT = nobleKeccak(words(4, INPUT_TYPE))
const NO_OUTPUT = nobleKeccak(words(5, OUTPUT_TYPE))

/** What the owners of a transaction's inputs agree to. */
type Content = Pick<Transaction, 'txType' | 'inputs' | 'outputs' | 'metadata'>

/** The digest that the owners of a payment's inputs sign (contracts v1.0.4, PaymentEip712Lib; EIP-712 without chain id). */
export function signingHash(transaction: Content, framework: Address): Uint8Array {
  return typedDataHasher(framework)(transaction)
}

/** {@link signingHash} for many transactions of one framework. */
export function typedDataHasher(
  framework: Address,
  keccak: Keccak = nobleKeccak,
): (transaction: Content) => Uint8Array {
  const message = new Uint8Array(66)
  message.set([0x19, 0x01])
  message.set(domainSeparator(framework), 2)
  const hashTransaction = transactionHasher(keccak)
  return (transaction) => {
    message.set(hashTransaction(transaction), 34)
    return keccak(message)
  }
}

function domainSeparator(framework: Address): Uint8Array {
  const domain = words(5, textHash(DOMAIN))
  domain.set(textHash('OMG Network'), 32)
  domain.set(textHash('1'), 64)
  writeAddress(framework, domain, 96 + 12)
  writeUint(BigInt(`0x${SALT}`), domain, 160)
  return nobleKeccak(domain)
}

/** Encodes into the same bytes again and again: fresh ones cost as much as what is written into them. */
function transactionHasher(keccak: Keccak): (transaction: Content) => Uint8Array {
  const encoded = words(12, TRANSACTION_TYPE)
  const hashInput = inputHasher(keccak)
  const hashOutput = outputHasher(keccak)
  return ({ txType, inputs, outputs, metadata }) => {
    encoded[63] = txType === 'payment' ? 1 : 3
    for (let index = 0; index < 4; index++) {
      const input = inputs[index]
      const output = outputs[index]
      encoded.set(input === undefined ? NO_INPUT : hashInput(input), 64 + 32 * index)
      encoded.set(output === undefined ? NO_OUTPUT : hashOutput(output), 192 + 32 * index)
    }
    encoded.set(metadata, 352)
    return keccak(encoded)
  }
}

function inputHasher(keccak: Keccak): (utxoPos: UtxoPos) => Uint8Array {
  const encoded = words(4, INPUT_TYPE)
  return (utxoPos) => {
    const { blknum, txIndex, outputIndex } = decodeUtxoPos(utxoPos)
    encoded.fill(0, 32)
    writeUint(blknum, encoded, 64)
    writeUint(BigInt(txIndex), encoded, 96)
    writeUint(BigInt(outputIndex), encoded, 128)
    return keccak(encoded)
  }
}

function outputHasher(keccak: Keccak): (output: Output) => Uint8Array {
  const encoded = words(5, OUTPUT_TYPE)
  return ({ outputType, owner, currency, amount }) => {
    encoded[63] = outputType
    writeAddress(owner, encoded, 64)
    writeAddress(currency, encoded, 96 + 12)
    encoded.fill(0, 128)
    writeUint(amount, encoded, 160)
    return keccak(encoded)
  }
}

/** `count` words of 32 bytes, of which the first is given and the rest are zeros. */
function words(count: number, first: Uint8Array): Uint8Array {
  const encoded = new Uint8Array(32 * count)
  encoded.set(first)
  return encoded
}

function textHash(text: string): Uint8Array {
  return nobleKeccak(Uint8Array.from(text, (character) => character.charCodeAt(0)))
}
