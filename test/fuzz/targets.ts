import {
  canonicityChallenges,
  deposits,
  inFlightExitStarts,
  standardExitStarts,
} from '../../src/chain/call-arguments.ts'
import { decodeExitGameLog, decodeLedgerLog } from '../../src/chain/decode-log.ts'
import { openInFlightExit } from '../../src/exit-game/in-flight-exit.ts'
import { openStandardExit } from '../../src/exit-game/standard-exit.ts'
import { equalBytes, toHex, type Hex } from '../../src/lib/bytes.ts'
import { checkBlock } from '../../src/plasma/block.ts'
import { keccak } from '../../src/plasma/keccak.ts'
import { merkleRoot } from '../../src/plasma/merkle.ts'
import { transactionRecoverer, type Recovery } from '../../src/plasma/recovered-transaction.ts'
import { decodeRlp, encodeRlp } from '../../src/plasma/rlp.ts'
import { executeBlock } from '../../src/plasma/state-transition.ts'
import { encodeSigned } from '../../src/plasma/encode-transaction.ts'
import { decodeSignedTransaction, decodeTransaction } from '../../src/plasma/transaction.ts'
import type { Address, Hash, Timestamp, UtxoPos } from '../../src/plasma/units.ts'
import { validateBlock } from '../../src/plasma/validate-block.ts'
import type { Random } from './mutate.ts'

/** Takes some bytes; says what is wrong with what became of them. Throwing is wrong as well. */
export type Target = (bytes: Uint8Array, random: Random) => string | undefined

const at = {
  blockNumber: 7n,
  blockHash: `0x${'bb'.repeat(32)}` as Hash,
  timestamp: 1n as Timestamp,
  occurrence: { txHash: `0x${'aa'.repeat(32)}` as Hash, rank: 0 },
}
const address = `0x${'e4'.repeat(20)}` as Address
const MOST_LISTED = 4

/** Whoever reads what a stranger has written: anything in, a value out. */
export function targets(recovery: Recovery): Readonly<Record<string, Target>> {
  const recover = transactionRecoverer(recovery)
  return {
    rlp: (bytes) => {
      const decoded = decodeRlp(bytes)
      if (!decoded) return undefined
      const again = encodeRlp(decoded.item)
      return decoded.canonical === equalBytes(again, bytes) ? undefined : 'canonical and re-encoding disagree'
    },
    transaction: (bytes) => {
      const decoded = decodeTransaction(bytes)
      if (!decoded.ok) return undefined
      const again = decodeTransaction(decoded.value.raw)
      if (!again.ok || again.value.txHash !== decoded.value.txHash) return 'the canonical form is another transaction'
      if (decoded.value.txHash !== toHex(keccak(decoded.value.raw))) return 'the hash is of something else'
      return tooMuch(decoded.value)
    },
    signedTransaction: (bytes) => {
      const decoded = decodeSignedTransaction(bytes)
      if (!decoded.ok) return undefined
      const { transaction, signatures } = decoded.value
      const again = decodeSignedTransaction(encodeSigned(transaction.raw, signatures))
      const same = again.ok && again.value.transaction.txHash === transaction.txHash
      return same ? tooMuch(transaction) : 'signing it again makes another transaction'
    },
    recoveredTransaction: (bytes) => {
      const recovered = recover(bytes)
      if (!recovered.ok) return undefined
      const { signers, transaction, signatures } = recovered.value
      if (signers.length !== signatures.length) return 'signers and signatures differ in number'
      return transaction.txType === 'payment' && signers.length !== transaction.inputs.length
        ? 'unsigned input'
        : undefined
    },
    block: (bytes, random) => blockOf(bytes, random, recovery),
    exitGameLog: (bytes, random) => {
      decodeExitGameLog(logOf(bytes, random), at)
      return undefined
    },
    ledgerLog: (bytes, random) => {
      decodeLedgerLog(logOf(bytes, random), at)
      return undefined
    },
    calldata: (bytes) => {
      for (const search of ['direct', 'anywhere'] as const) {
        exhaust(standardExitStarts(bytes, 1n, search))
        exhaust(inFlightExitStarts(bytes, at.blockHash, search))
        exhaust(canonicityChallenges(bytes, { txHash: at.blockHash, competitorPosition: 1n }, search))
        exhaust(deposits(bytes, search))
      }
      return undefined
    },
    exitStart: (bytes, random) => {
      const utxoPos = BigInt(random(2 ** 31)) as UtxoPos
      openStandardExit({
        ...at,
        type: 'ExitStarted',
        exitId: 1n,
        owner: address,
        utxoPos,
        outputTx: bytes,
        exitable: true,
      })
      openInFlightExit({
        ...at,
        type: 'InFlightExitStarted',
        exitId: 1n,
        txHash: at.blockHash,
        initiator: address,
        inFlightTx: bytes,
        signatures: [bytes.subarray(0, 65)],
        inputTxs: [bytes],
        inputUtxosPos: [utxoPos],
        contractTimestamp: 1n as Timestamp,
      })
      return undefined
    },
  }
}

/** Whatever is found is there to be read. */
function exhaust(found: Iterable<unknown>): void {
  for (const each of found) if (each === undefined) throw new Error('found nothing')
}

/** A block of some such transactions, under its own root or another. */
function blockOf(bytes: Uint8Array, random: Random, recovery: Recovery): string | undefined {
  const transactions = Array.from({ length: 1 + random(3) }, () => bytes)
  const decoded = decodeSignedTransaction(bytes)
  const raws = decoded.ok ? transactions.map(() => decoded.value.transaction.raw) : []
  const hash = random(8) === 0 ? at.blockHash : merkleRoot(raws)
  const served = { hash, blknum: 1000n, transactions }
  const checked = checkBlock({ requested: served, served, ...recovery })
  validateBlock({ served, ...recovery })
  if (!checked.ok) return checked.finding.errorType.length > 0 ? undefined : 'a finding without a name'
  const executed = executeBlock({ get: () => undefined }, { blknum: 1000n, transactions: checked.block.transactions })
  return executed.ok ? 'money out of nothing' : undefined
}

function tooMuch({ inputs, outputs }: { inputs: readonly unknown[]; outputs: readonly unknown[] }): string | undefined {
  return inputs.length > MOST_LISTED || outputs.length > MOST_LISTED
    ? 'more inputs or outputs than there may be'
    : undefined
}

function logOf(bytes: Uint8Array, random: Random): Parameters<typeof decodeExitGameLog>[0] {
  const text = toHex(bytes)
    .slice(2)
    .padEnd(64 * 4, '0')
  const topics = Array.from({ length: random(5) }, (_, index) => `0x${text.slice(64 * index, 64 * index + 64)}` as Hash)
  const { blockNumber, blockHash, occurrence } = at
  const data: Hex = toHex(bytes.subarray(random(64)))
  return { address, topics, data, blockNumber, blockHash, transactionHash: occurrence.txHash, logIndex: 0 }
}
