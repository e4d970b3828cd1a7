import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { createVerification } from '../../src/guard/verification.ts'
import { silentLogger } from '../../src/lib/logger.ts'
import type { Seconds } from '../../src/plasma/units.ts'
import { framework } from '../support/transactions.ts'

test('trap 9: with an unsafe margin nothing is opened or started that would keep the process alive', async () => {
  const data = mkdtempSync(join(tmpdir(), 'verification-test-'))
  const childChain = { url: 'http://127.0.0.1:1', withholdingSeconds: 1n as Seconds, slaMarginBlocks: 5_520n }
  const deployment = { framework, chainId: 31_337n, minExitPeriod: 600n as Seconds }
  const parts = { node: undefined, deployment, archive: undefined, log: silentLogger }
  const opened = createVerification({ childChain, data, marginBlocks: 0n }, parts as never)
  await expect(opened).rejects.toMatchObject({ code: 'UNSAFE_MARGIN' })
  expect(readdirSync(data)).toEqual([])
  rmSync(data, { recursive: true })
})
