import { expect, test } from '@jest/globals'
import type { Condition } from '../../src/exit-game/condition.ts'
import { createConditionBoard } from '../../src/events/board.ts'
import { silentLogger } from '../../src/lib/logger.ts'
import type { Timestamp } from '../../src/plasma/units.ts'
import { hashOf, invalidExit } from '../support/conditions.ts'

const at = (second: number) => ({ number: BigInt(second), hash: hashOf('b'), timestamp: BigInt(second) as Timestamp })

function aBoard(observe: (seen: readonly Condition[], second: bigint) => Promise<void> = async () => {}) {
  const looks: { exits: bigint[]; second: bigint }[] = []
  const board = createConditionBoard(
    {
      observe: async (conditions, head) => {
        looks.push({
          exits: conditions.flatMap((each) => ('exitId' in each ? [each.exitId] : [])),
          second: head.timestamp,
        })
        await observe(conditions, head.timestamp)
      },
      log: silentLogger,
    },
    ['own', 'watcher'],
  )
  return { board, looks }
}

test('a matter that two sources report is one, in the words of our own verification', async () => {
  let seen: readonly Condition[] = []
  const { board } = aBoard(async (conditions) => {
    seen = conditions
  })
  const withoutDeadline = invalidExit()
  delete withoutDeadline.deadline
  await board.pin('watcher', [withoutDeadline], at(1))
  await board.pin('own', [invalidExit()], at(1))
  expect(seen).toEqual([invalidExit()])
})

test('what one source no longer says, another may go on saying', async () => {
  const { board, looks } = aBoard()
  await board.pin('own', [invalidExit({ exitId: 1n })], at(1))
  await board.pin('watcher', [invalidExit({ exitId: 2n })], at(2))
  await board.pin('own', [], at(3))
  expect(looks.map(({ exits }) => exits)).toEqual([[1n], [1n, 2n], [2n]])
})

test('looks never overlap, and only the newest news waits', async () => {
  const finish: (() => void)[] = []
  const { board, looks } = aBoard(() => new Promise((resolve) => finish.push(resolve)))
  const all = [1, 2, 3].map((second) => board.pin('own', [], at(second)))
  await Promise.resolve()
  expect(looks).toHaveLength(1)
  finish[0]?.()
  await new Promise(setImmediate)
  finish[1]?.()
  await Promise.all(all)
  expect(looks.map(({ second }) => second)).toEqual([1n, 3n])
})

test('a journal that fails once does not end the looking', async () => {
  let times = 0
  const { board, looks } = aBoard(async () => {
    times += 1
    if (times === 1) throw new Error('disk full')
  })
  await board.pin('own', [], at(1))
  await board.pin('own', [], at(2))
  expect(looks).toHaveLength(2)
})

test('is looked at again when somebody wants it, with what was pinned last', async () => {
  const { board, looks } = aBoard()
  await board.again()
  expect(looks).toEqual([])
  await board.pin('own', [invalidExit({ exitId: 1n })], at(1))
  await board.again()
  await board.pin('own', [], at(2))
  expect(looks).toEqual([
    { exits: [1n], second: 1n },
    { exits: [1n], second: 1n },
    { exits: [], second: 2n },
  ])
})
