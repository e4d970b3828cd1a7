import { describe, expect, test } from '@jest/globals'
import type { Node } from '../../src/chain/node.ts'
import { readPrice } from '../../src/chain/price.ts'

const GWEI = 10n ** 9n
const hex = (value: bigint) => `0x${value.toString(16)}`
const unsupported = { code: -32_601, text: 'the method does not exist' }

/** A node that answers some methods and does not serve the others. */
function nodeThat(answers: Record<string, unknown>): Node {
  return {
    ask: async (method, _, shape) => shape.parse(answers[method]),
    attempt: async (method, _, shape) =>
      method in answers ? { ok: true, value: shape.parse(answers[method]) } : { ok: false, fault: unsupported },
  }
}

const history = (baseFees: bigint[], tips: [bigint, bigint][]) => ({
  oldestBlock: '0x1',
  gasUsedRatio: tips.map(() => 1),
  baseFeePerGas: baseFees.map(hex),
  reward: tips.map((each) => each.map(hex)),
})

describe('The price of the next block', () => {
  test('is its base fee, the tip of the middle block, and the highest of what nearly all paid less than', async () => {
    const tips: [bigint, bigint][] = [
      [GWEI, 5n * GWEI],
      [9n * GWEI, 9n * GWEI],
      [2n * GWEI, 3n * GWEI],
    ]
    const node = nodeThat({ eth_feeHistory: history([10n * GWEI, 11n * GWEI, 12n * GWEI, 13n * GWEI], tips) })
    expect(await readPrice(node, 12n * GWEI)).toEqual({
      ...{ baseFee: 13n * GWEI, tip: 2n * GWEI, urgentTip: 9n * GWEI, rising: true },
    })
  })

  test('is not rising while the base fee stands or falls', async () => {
    const node = nodeThat({ eth_feeHistory: history([13n, 12n, 12n], [[5n, 5n]]) })
    expect(await readPrice(node, 12n)).toMatchObject({ baseFee: 12n, rising: false })
  })

  test('of a node without a history is the head, and the tip that it suggests or a usual one', async () => {
    const suggesting = nodeThat({ eth_maxPriorityFeePerGas: hex(3n * GWEI) })
    expect(await readPrice(suggesting, 7n)).toEqual({
      ...{ baseFee: 7n, tip: 3n * GWEI, urgentTip: 6n * GWEI, rising: false },
    })
    expect(await readPrice(nodeThat({ eth_gasPrice: '0x9' }), undefined)).toMatchObject({ baseFee: 9n, tip: GWEI })
  })

  test('of blocks without transactions has the tip that the node suggests', async () => {
    const node = nodeThat({ eth_feeHistory: history([8n, 7n], [[0n, 0n]]), eth_maxPriorityFeePerGas: hex(GWEI) })
    expect(await readPrice(node, 8n)).toMatchObject({ baseFee: 7n, tip: GWEI, urgentTip: GWEI })
    const bare = nodeThat({ eth_feeHistory: { baseFeePerGas: ['0x8', '0x7'] }, eth_maxPriorityFeePerGas: '0x5' })
    expect(await readPrice(bare, 8n)).toMatchObject({ baseFee: 7n, tip: 5n })
  })
})
