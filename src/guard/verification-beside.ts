import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { GuardError } from '../lib/errors.ts'
import { openVerification, type Verification } from './verification.ts'

type Parts = Parameters<typeof openVerification>[1] & { progress: (text: string) => void }

/**
 * {@link openVerification}, also where a daemon has the ledger: then with one of its own, which is gone when the run has
 * ended, and which begins where the chain does.
 */
export async function openVerificationBeside(config: Config, parts: Parts): Promise<Verification | undefined> {
  try {
    return await openVerification(config, parts)
  } catch (error) {
    if (!(error instanceof GuardError) || error.code !== 'LEDGER_IN_USE') throw error
  }
  parts.progress('another plasma-guard has the ledger, so both chains are verified from their start')
  const data = mkdtempSync(join(tmpdir(), 'plasma-guard-ledger-'))
  const remove = () => {
    rmSync(data, { recursive: true, force: true })
  }
  try {
    const verification = await openVerification({ ...config, data }, parts)
    return verification && { ...verification, run: (signal) => verification.run(signal).finally(remove) }
  } catch (error) {
    remove()
    throw error
  }
}
