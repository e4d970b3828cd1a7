import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from '@jest/globals'
import { type Child, startChild } from '../../../devnet/drill/child.ts'

const started: Child[] = []
afterEach(async () => {
  for (const child of started.splice(0)) await child.stop()
})

function start(script: string, signal = new AbortController().signal): Child {
  const child = startChild({
    name: 'the guard',
    command: process.execPath,
    args: ['-e', script],
    cwd: tmpdir(),
    signal,
  })
  started.push(child)
  return child
}

const log = (fields: object) => `console.log(${JSON.stringify(JSON.stringify(fields))});`
const forever = 'setInterval(() => {}, 1e6);'
const isStarted = ({ msg }: { msg?: string }) => msg === 'guard started'

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function untilDead(pid: number): Promise<void> {
  while (isAlive(pid)) await pause(20)
}

describe('a program that the drill has started', () => {
  test('is heard line by line, what it has said before included', async () => {
    const child = start(log({ msg: 'guard started', time: 5 }) + log({ msg: 'event emitted' }) + forever)
    await child.until(({ msg }) => msg === 'event emitted', 'an event')
    expect(await child.until(isStarted, 'the start')).toEqual({ msg: 'guard started', time: 5 })
    expect(child.lines).toHaveLength(2)
  })

  test('may print what is no JSON', async () => {
    const child = start(
      "console.log('hello'); console.log('[1]'); console.log('null');" + log({ msg: 'guard started' }) + forever,
    )
    await child.until(isStarted, 'the start')
    expect(child.lines.map(({ msg }) => msg)).toEqual(['hello', '[1]', 'null', 'guard started'])
  })

  test('that ends lets nobody wait, and its last words are told', async () => {
    const child = start("console.error('INVALID_CONFIG: no'); process.exitCode = 1")
    const waiting = child.until(isStarted, 'the start')
    await expect(waiting).rejects.toThrow('Waiting for the start: the guard ended (exit code 1). INVALID_CONFIG: no')
    await expect(child.until(isStarted, 'the start')).rejects.toThrow('exit code 1')
  })

  test('that cannot be started says so', async () => {
    const signal = new AbortController().signal
    const child = startChild({ name: 'nothing', command: '/nowhere/at/all', args: [], cwd: tmpdir(), signal })
    await expect(child.until(isStarted, 'the start')).rejects.toThrow('ENOENT')
    await child.stop()
  })

  test('is not waited for when the time is over, and none is started then', async () => {
    const controller = new AbortController()
    const child = start(forever, controller.signal)
    const waiting = child.until(isStarted, 'the start')
    controller.abort()
    await expect(waiting).rejects.toThrow('the time is over')
    expect(() => start(forever, controller.signal)).toThrow()
  })

  test('goes when it is told to, even when it does not want to', async () => {
    const child = start(
      `process.on('SIGTERM', () => {}); ${log({ msg: 'guard started' })} console.log(JSON.stringify({ pid: process.pid })); ${forever}`,
    )
    const { pid } = await child.until((line) => line['pid'] !== undefined, 'its number')
    await child.stop()
    expect(isAlive(Number(pid))).toBe(false)
    await child.stop()
  })

  test('dies with the drill, even when the drill is killed', async () => {
    const loader = fileURLToPath(new URL('./ts-loader.mjs', import.meta.url))
    const orphan = fileURLToPath(new URL('./orphan.ts', import.meta.url))
    const drill = spawn(process.execPath, ['--import', loader, orphan], {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: join(fileURLToPath(import.meta.url), '../../../..'),
    })
    const pid = await new Promise<number>((resolve) => {
      drill.stdout.once('data', (text: Buffer) => {
        resolve(Number(text.toString()))
      })
    })
    expect(isAlive(pid)).toBe(true)
    drill.kill('SIGKILL')
    await untilDead(pid)
  })
})
