import type { Signer } from '../../../devnet/operator/payment.ts'
import { fromHex } from '../../../src/lib/bytes.ts'
import { signerAddress } from '../../../src/plasma/signature.ts'
import type { Address } from '../../../src/plasma/units.ts'

export const FRAMEWORK = '0x5fbdb2315678afecb367f032d93f642f64180aa3' as Address

function person(digit: string): Signer {
  const privateKey = fromHex(`0x${digit.repeat(64)}`)
  return { address: signerAddress(privateKey), privateKey, framework: FRAMEWORK }
}

export const alice = person('1')
export const bob = person('2')
export const mallory = person('3')
