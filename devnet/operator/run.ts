import { sleep } from '../../src/lib/sleep.ts'
import type { Operator } from './operator.ts'
import { startOperator } from './start.ts'

type Pace = {
  /** How long transactions wait for a block. */
  blockSeconds: number
  signal: AbortSignal
  say: (text: string) => void
}

/** Runs the operator alone, until the signal comes. */
export async function runOperator(settings: Parameters<typeof startOperator>[0] & Pace): Promise<void> {
  const { say } = settings
  const running = await startOperator({
    ...settings,
    onBlock: ({ blknum, transactions }) => {
      say(`block ${blknum} with ${transactions.length} transactions`)
    },
  })
  try {
    say(`operator ${running.url}`)
    if (!running.isFresh) say('the chain has blocks that this operator does not know: it takes no earlier output')
    await formBlocks(running.operator, settings)
  } finally {
    await running.close()
  }
}

/** Forms a block whenever transactions are waiting. Resolves when the signal comes. */
export async function formBlocks(operator: Operator, { blockSeconds, signal, say }: Pace): Promise<void> {
  while (!signal.aborted) {
    await sleep(blockSeconds * 1000, signal)
    if (operator.waiting() === 0) continue
    try {
      await operator.formBlock()
    } catch (error) {
      say(`no block: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}
