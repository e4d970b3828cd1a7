import { describe, expect, test } from '@jest/globals'
import type { NodeHealth } from '../../src/chain/nodes.ts'
import { createNodeLook } from '../../src/guard/node-watch.ts'
import { standingAlarms } from '../support/alarms.ts'

function watched() {
  const health: NodeHealth[] = [
    { name: '1 a:1', state: 'up' },
    { name: '2 b:1', state: 'up' },
  ]
  const { alarms, standing } = standingAlarms()
  let divided = false
  const look = createNodeLook({ nodes: { health: () => health, areDivided: () => divided }, alarms })
  return {
    standing,
    become: (state: NodeHealth['state']) => {
      health[0] = { name: '1 a:1', state }
    },
    divide: (are: boolean) => {
      divided = are
    },
    alone: () => health.splice(1),
    look: async (times = 1) => {
      for (let time = 0; time < times; time++) await look()
    },
  }
}

describe('A node that is', () => {
  test.each([
    ['down', 'node_down'],
    ['throttled', 'node_down'],
    ['lagging', 'node_lagging'],
    ['forked', 'nodes_disagree'],
  ] as const)('%s for several looks raises %s, until it is up again', async (state, kind) => {
    const { standing, become, look } = watched()
    become(state)
    await look(2)
    expect(standing()).toEqual([])
    await look()
    expect(standing()).toEqual([`${kind} 1 a:1`])
    become('up')
    await look()
    expect(standing()).toEqual([])
  })

  test('on another chain is said to be at once', async () => {
    const { standing, become, look } = watched()
    become('wrong_chain')
    await look()
    expect(standing()).toEqual(['node_wrong_chain 1 a:1'])
    become('down')
    await look(3)
    expect(standing()).toEqual(['node_down 1 a:1'])
  })

  test('in trouble now and then is not worth a word', async () => {
    const { standing, become, look } = watched()
    for (let round = 0; round < 5; round++) {
      become('down')
      await look(2)
      become('up')
      await look()
    }
    expect(standing()).toEqual([])
  })

  test('the only one is left to the alarm that the guard is blind', async () => {
    const { standing, become, look, alone } = watched()
    alone()
    become('down')
    await look(5)
    expect(standing()).toEqual([])
  })
})

test('Nodes that contradict each other raise an alarm until they no longer do', async () => {
  const { standing, divide, look } = watched()
  divide(true)
  await look()
  expect(standing()).toEqual(['nodes_disagree all'])
  divide(false)
  await look()
  expect(standing()).toEqual([])
})
