// What `load` times: a process that opens a store, knows all exits, and has answered.
import { loadTools } from '../src/verifier/tools.ts'
import { createEvidence } from '../src/watcher/evidence.ts'
import { createFold } from '../src/watcher/fold.ts'
import { framework, openFacts } from './store.ts'

const [, , folder = '--nothing'] = process.argv
if (folder !== '--nothing') {
  const recovery = { framework, ...(await loadTools('native')) }
  const { facts, close } = openFacts(folder)
  const fold = createFold(facts, recovery)
  fold.refresh()
  const evidence = createEvidence(facts, recovery)
  const last = facts.applied()
  const proof = last && evidence.inclusionProof({ blknum: last.blknum, txIndex: 0 })
  if (!proof) throw new Error('no proof')
  close()
}
