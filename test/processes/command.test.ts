import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { compileProcess, lintProcesses } from '../../src/cli/process.ts'
import { packageRoot } from '../../src/config.ts'

const folder = mkdtempSync(join(tmpdir(), 'plasma-guard-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

function said() {
  const lines: string[] = []
  return { write: (text: string) => lines.push(text), text: () => lines.join('') }
}

file('Dockerfile', 'FROM scratch\n')
file('mesg.yml', 'name: x\n')
const good = file(
  'good.yml',
  `name: good
steps:
  - { key: a, type: trigger, eventKey: bond_recoverable, instance: { src: ./ } }
  - { key: b, type: task, taskKey: deleteNonPiggybackedInFlightExit, instance: { src: ./ },
      inputs: { exit_id: "$(env:EXIT)", occurrence: { key: occurrence }, attempt: { key: attempt } } }
`,
)
const bad = file('bad.yml', 'name: bad\nsteps:\n  - { key: a, type: trigger, eventKey: none, instance: { src: ./ } }\n')

describe('process lint', () => {
  test('finds nothing in the processes of this package', () => {
    const { write, text } = said()
    const processes = join(packageRoot, 'processes')
    expect(
      lintProcesses(
        readdirSync(processes).map((name) => join(processes, name)),
        { write },
      ),
    ).toBe(0)
    expect(text()).toBe('14 process files, nothing to say\n')
  })

  test('says each finding on its own line, and fails', () => {
    const { write, text } = said()
    expect(lintProcesses([good, bad], { write })).toBe(1)
    expect(text()).toBe(`${bad}:3:30 unknown-event: the service has no event none\n`)
  })

  test('says the same as JSON', () => {
    const { write, text } = said()
    expect(lintProcesses([bad], { write, format: 'json' })).toBe(1)
    expect(JSON.parse(text())).toEqual([
      { file: bad, line: 3, column: 30, rule: 'unknown-event', reason: 'the service has no event none' },
    ])
  })

  test('lints the service that the processes use', () => {
    const { write, text } = said()
    const service = file('mesg.yml', 'name: x\nevents: { none: { data: { a: { type: Text } } } }\n')
    expect(lintProcesses([bad], { write, service })).toBe(1)
    expect(text()).toMatch(/^.*mesg\.yml:2:32 schema: events\.none\.data\.a\.type: /)
    expect(lintProcesses([bad], { write, service: file('other.yml', 'name: x\nevents: { none: {} }\n') })).toBe(0)
  })

  test('does not take the service itself for a process', () => {
    const { write, text } = said()
    expect(
      lintProcesses([join(packageRoot, 'mesg.yml'), join(packageRoot, 'processes', 'invalid-exit.yml')], { write }),
    ).toBe(0)
    expect(text()).toBe('1 process file, nothing to say\n')
  })

  test('looks whether the source of a process is a service', () => {
    const { write, text } = said()
    const lost = file('lost.yml', readFileSync(good, 'utf8').replaceAll('./', '../nowhere'))
    expect(lintProcesses([lost], { write })).toBe(1)
    expect(text()).toMatch(/lost\.yml:3:\d+ source: \.\.\/nowhere holds no mesg\.yml with a Dockerfile beside it\n/)
  })

  test('names a file that cannot be read', () => {
    const { write } = said()
    expect(() => lintProcesses([join(folder, 'gone.yml')], { write })).toThrow('gone.yml cannot be read')
  })
})

describe('process compile', () => {
  test('prints the graph, with the variables filled in', () => {
    const { write, text } = said()
    expect(compileProcess(good, { write, env: ['EXIT=1=2'] })).toBe(0)
    expect(JSON.parse(text())).toEqual({
      name: 'good',
      nodes: [
        { key: 'a', type: 'event', eventKey: 'bond_recoverable' },
        {
          key: 'b-inputs',
          type: 'map',
          outputs: {
            exit_id: { type: 'constant', value: '1=2' },
            occurrence: { type: 'reference', nodeKey: 'a', path: ['occurrence'] },
            attempt: { type: 'reference', nodeKey: 'a', path: ['attempt'] },
          },
        },
        { key: 'b', type: 'task', taskKey: 'deleteNonPiggybackedInFlightExit' },
      ],
      edges: [
        { src: 'a', dst: 'b-inputs' },
        { src: 'b-inputs', dst: 'b' },
      ],
    })
  })

  const HASH = '2NmXcEFCYkVRnzPCMBD7mPYyGFNDRQDQ5jpxJUAwRMvJ'
  const compiled = (options: { generation: 'a' | 'b'; instanceHash?: string }) => {
    const { write, text } = said()
    compileProcess(good, { write, env: ['EXIT=1'], ...options })
    return JSON.parse(text()) as unknown
  }

  test('prints what each generation of compilers creates', () => {
    expect(compiled({ generation: 'a', instanceHash: HASH })).toMatchObject({
      nodes: [{ event: { instanceHash: HASH, eventKey: 'bond_recoverable' } }, { map: {} }, { task: {} }],
    })
    expect(compiled({ generation: 'b' })).toMatchObject({
      nodes: [
        { Type: { value: { event: { instanceHash: '<instance hash>', eventKey: 'bond_recoverable' } } } },
        { Type: { type: 'mesg.types.Process_Node_Map_' } },
        { Type: { type: 'mesg.types.Process_Node_Task_' } },
      ],
    })
  })

  test('refuses what cannot be the hash of an instance', () => {
    expect(() => compiled({ generation: 'a', instanceHash: '0x00' })).toThrow(
      '0x00 is not the base58 hash of an instance',
    )
  })

  test('asks for a variable that is missing', () => {
    expect(() => compileProcess(good, said())).toThrow('env variable EXIT must be set')
  })

  test('never prints the variables of the instance, one of which is a key', () => {
    const { write, text } = said()
    compileProcess(join(packageRoot, 'processes', 'invalid-exit.yml'), { write, env: ['PRIVATE_KEY=secret'] })
    expect(text()).not.toContain('secret')
  })
})
