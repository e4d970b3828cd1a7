import { randomBytes } from 'node:crypto'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { formatHash } from '../../src/mesg/base58.ts'
import { EngineRefusal } from './chain.ts'

type Runner = { serviceHash: Uint8Array; envHash: Uint8Array }

/** Whom engines of the newer generation let in: a runner that an account of theirs has signed for, with a token. */
export function createRegistry() {
  const key = secp256k1.utils.randomSecretKey()
  const runner = { serviceHash: randomBytes(32), envHash: randomBytes(32) }
  const signature = secp256k1.sign(requestBytes(runner), key)
  const tokens = new Set<string>()
  return {
    /** What whoever starts the service tells it. */
    variables: {
      MESG_SERVICE_HASH: formatHash(runner.serviceHash),
      MESG_ENV_HASH: formatHash(runner.envHash),
      MESG_REGISTER_SIGNATURE: Buffer.from(signature).toString('base64'),
    },
    register: (asked: Runner, signed: string | undefined): string => {
      const bytes = Buffer.from(signed ?? '', 'base64')
      const isSigned = bytes.length === 64 && secp256k1.verify(bytes, requestBytes(asked), secp256k1.getPublicKey(key))
      if (!isSigned) throw new EngineRefusal('verification of the signature failed')
      tokens.clear()
      const token = formatHash(randomBytes(32))
      tokens.add(token)
      return token
    },
    check: (token: string | undefined): void => {
      if (token === undefined) throw new EngineRefusal('no credential token found')
      if (!tokens.has(token)) throw new EngineRefusal("credential token doesn't exist")
    },
    /** Tokens live in an engine's memory. */
    forget: () => {
      tokens.clear()
    },
  }
}

/** What is signed: the request as sorted JSON. The curve library hashes it. */
function requestBytes({ serviceHash, envHash }: Runner): Uint8Array {
  return new TextEncoder().encode(`{"envHash":"${formatHash(envHash)}","serviceHash":"${formatHash(serviceHash)}"}`)
}
