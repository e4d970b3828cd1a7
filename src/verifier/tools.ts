import { createKeccak } from 'hash-wasm'
import { GuardError } from '../lib/errors.ts'
import type { Keccak } from '../plasma/keccak.ts'
import { recover as nobleRecover, type Recover } from '../plasma/signature.ts'
import { loadBindings, nativeRecover } from './native-recovery.ts'

/** Who recovers signers: the C library, or JavaScript where there is none. */
export type Library = 'native' | 'noble'

/** What many transactions are checked with. */
export type Tools = { recover: Recover; keccak: Keccak }

/** The faster library that runs on this machine. */
export function availableLibrary(): Library {
  return loadBindings() ? 'native' : 'noble'
}

/** @throws {NoBindingsError} */
export async function loadTools(library: Library): Promise<Tools> {
  const keccak = await wasmKeccak()
  if (library === 'noble') return { recover: nobleRecover, keccak }
  const bindings = loadBindings()
  if (!bindings) throw new NoBindingsError()
  return { recover: nativeRecover(bindings, keccak), keccak }
}

async function wasmKeccak(): Promise<Keccak> {
  const hasher = await createKeccak(256)
  return (bytes) => hasher.init().update(bytes).digest('binary')
}

class NoBindingsError extends GuardError {
  override readonly code = 'NO_SECP256K1_BINDINGS'

  constructor() {
    super('secp256k1 has no bindings for this platform')
  }
}
