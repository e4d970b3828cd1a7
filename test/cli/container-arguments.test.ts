import { mkdtempSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { isAlive, showAlive } from '../../src/cli/alive.ts'
import { containerArguments } from '../../src/cli/container-arguments.ts'

const choose = (environment: Record<string, string>, given: string[] = []) =>
  containerArguments('/data', { given, environment })

test('a container guards by itself when no engine has started it', () => {
  expect(choose({})).toEqual(['run', '--config', '/data/guard.yml'])
  expect(choose({ PRIVATE_KEY: 'x', MESG_ENDPOINT: '', NODE_ENV: 'production' })).toContain('run')
})

test('it serves the engine whose variables it finds, also half of them', () => {
  for (const name of ['MESG_ENDPOINT', 'MESG_RUNNER_HASH', 'MESG_REGISTER_SIGNATURE']) {
    expect(choose({ [name]: 'x' })).toEqual(['mesg', '--config', '/data/guard.yml'])
  }
})

test('it does what it is told, engine or not', () => {
  expect(choose({ MESG_ENDPOINT: 'x' }, ['config', 'check'])).toEqual(['config', 'check'])
})

test('a program is alive while it shows it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plasma-guard-alive-'))
  try {
    expect(isAlive(folder)).toBe(false)
    showAlive(folder)
    expect(isAlive(folder)).toBe(true)
    utimesSync(join(folder, 'alive'), 1_000, 1_000)
    expect(isAlive(folder)).toBe(false)
    expect(isAlive(folder, 1_060_000)).toBe(true)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
