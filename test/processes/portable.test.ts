import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { packageRoot } from '../../src/config.ts'
import { compileProcess } from '../../src/engine/compile.ts'
import { childrenOf, findNode } from '../../src/engine/graph.ts'
import type { Node } from '../../src/engine/graph.ts'
import { parseProcess } from '../../src/engine/process-definition.ts'
import { compilers } from './compilers.ts'

const folder = join(packageRoot, 'processes')
const files = readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))

test('there are 14', () => {
  expect(files).toHaveLength(14)
})

describe.each(compilers)('compiler %s', (_, schema) => {
  test.each(files)('accepts $name', ({ text }) => {
    expect(schema.safeParse(parse(text)).error).toBeUndefined()
  })

  test('would not accept the process of the original project, nor other mistakes', () => {
    const [first] = files
    const good = parse(first?.text ?? '') as { name: string; steps: object[] }
    const wrong = [
      { ...good, name: undefined },
      { ...good, retry: 3 },
      { ...good, steps: [{ type: 'map' }] },
      { ...good, steps: [{ ...good.steps[0], instanceHash: 'abc' }] },
      { ...good, steps: [{ ...good.steps[0], taskKey: 'both' }] },
      { ...good, steps: [{ type: 'filter', conditions: { 'a.b': 'c' } }] },
    ]
    for (const definition of wrong) expect(schema.safeParse(definition).success).toBe(false)
  })
})

/** The nodes that a map takes something from. Our processes have constants beside them, and nothing nested. */
function sourcesOf(node: Node): string[] {
  const outputs = node.type === 'map' ? Object.values(node.outputs) : []
  expect(outputs.filter(({ type }) => type !== 'reference' && type !== 'constant')).toEqual([])
  return outputs.flatMap((output) => (output.type === 'reference' ? [output.nodeKey] : []))
}

describe.each(files)('$name', ({ name, text }) => {
  const definition = parseProcess(name, text, {})
  const graph = compileProcess(definition)

  test('runs on one service by one anchor', () => {
    const instances = text.match(/instance: .*/g) ?? []
    expect(instances.filter((line) => line === 'instance: &guard')).toHaveLength(1)
    expect(instances.slice(1)).toEqual(instances.slice(1).map(() => 'instance: *guard'))
    expect(instances).toHaveLength(definition.steps.filter(({ type }) => type !== 'filter').length)
  })

  test('finds its service from the folder of the file, and from where the command is run', () => {
    const steps = definition.steps.flatMap((step) => (step.type === 'filter' ? [] : [step.instance?.src]))
    for (const src of steps) {
      expect(src).toBe('../')
      // The older command line starts at the file, the newer one at the folder in which it is called.
      for (const start of [dirname(join(folder, name)), folder]) {
        const found = resolve(start, src ?? '')
        expect(['mesg.yml', 'Dockerfile'].filter((part) => existsSync(join(found, part)))).toHaveLength(2)
      }
    }
  })

  test('brings a key to the service by its environment, and nowhere else', () => {
    expect(text.match(/PRIVATE_KEY/g)).toHaveLength(2)
    expect(text).toContain('        - PRIVATE_KEY=$(env:PRIVATE_KEY)\n')
    expect(JSON.stringify(graph)).not.toMatch(/PRIVATE_KEY|env:/)
  })

  test('takes everything from a task behind it, or from the step right before', () => {
    for (const node of graph.nodes.filter(({ type }) => type === 'map')) {
      for (const source of sourcesOf(node)) {
        const isRightBefore = childrenOf(graph, source).includes(node)
        expect([source, isRightBefore || findNode(graph, source)?.type === 'task']).toEqual([source, true])
      }
    }
  })

  test('names a filter where it refers to one: the compilers differ on what is meant without', () => {
    definition.steps.forEach((step, at) => {
      if (step.type !== 'task' || definition.steps[at - 1]?.type !== 'filter') return
      expect(Object.values(step.inputs ?? {})).toEqual(
        Object.values(step.inputs ?? {}).map(() => ({
          key: expect.any(String),
          stepKey: definition.steps[at - 1]?.key,
        })),
      )
    })
  })
})

test('all give the service the same variables, those that mesg.yml declares, in the same order', () => {
  const lists = files.map(({ text }) => /env:\n((?: {8}- .*\n)+)/.exec(text)?.[1])
  expect(new Set(lists).size).toBe(1)
  const declared = (
    parse(readFileSync(join(packageRoot, 'mesg.yml'), 'utf8')) as { configuration: { env: string[] } }
  ).configuration.env.map((entry) => entry.replace(/=.*/, ''))
  expect(lists[0]).toBe(declared.map((name) => `        - ${name}=$(env:${name})\n`).join(''))
})
