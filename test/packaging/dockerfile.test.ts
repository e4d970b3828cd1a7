import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  lstatSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { packageRoot } from '../../src/config.ts'
import { appOf, buildStage, here, isRoot } from './build-image.ts'
import { allowedNames, createContext, sizeOf } from './context.ts'
import { missingSources, parseDockerfile } from './dockerfile.ts'

const read = (name: string) => readFileSync(join(packageRoot, name), 'utf8')
const stages = parseDockerfile(read('Dockerfile'))
const steps = stages.flatMap((stage) => stage.steps)
const allowed = allowedNames(read('.dockerignore'))
const holds = createContext(packageRoot, allowed)
const words = (name: string) => {
  const text = stages.at(-1)?.steps.find((step) => step.name === name)?.text ?? ''
  return JSON.parse(text.slice(text.indexOf('['))) as string[]
}

describe('the context', () => {
  test('is the same for Docker and for mesg-cli', () => {
    expect(allowedNames(read('.mesgignore'))).toEqual(allowed)
  })

  test('holds less than 10 MB, and nothing that is secret or made here', () => {
    expect(allowed.reduce((sum, name) => sum + sizeOf(join(packageRoot, name)), 0)).toBeLessThan(10_000_000)
    for (const name of ['keys', 'data', 'guard.yml', '.env', '.git', 'node_modules', 'dist', 'test', 'docs']) {
      expect(allowed).not.toContain(name)
    }
  })

  test('holds what engines look for and what the image is built from', () => {
    expect(missingSources(stages, holds)).toEqual([])
    expect(['Dockerfile', 'mesg.yml'].filter((name) => !holds(name))).toEqual([])
  })

  test('would miss each name that is let through, so none is there in vain', () => {
    for (const name of allowed.filter((each) => each !== 'Dockerfile')) {
      const without = createContext(
        packageRoot,
        allowed.filter((each) => each !== name),
      )
      expect([name, missingSources(stages, without).length > 0]).toEqual([name, true])
    }
  })
})

describe('the image', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plasma-guard-image-'))
  const scratch = { folder, context: packageRoot, holds }
  const app = appOf(scratch, 'final')
  const root = join(folder, 'final')
  const data = join(root, 'data')

  beforeAll(() => {
    // Otherwise the first step would install for minutes.
    const lock = createHash('sha256')
      .update(readFileSync(join(packageRoot, 'package-lock.json')))
      .update(process.version)
    expect(read('node_modules/.installed')).toBe(lock.digest('hex'))
    chmodSync(folder, 0o755)
    for (const stage of stages) buildStage(stage, scratch)
  }, 300_000)
  afterAll(() => {
    rmSync(folder, { recursive: true })
  })

  test('is built in two stages, as nobody in particular, without arguments and secrets', () => {
    expect(stages.map(({ image }) => image)).toEqual(['node:20-bookworm', 'node:20-bookworm-slim'])
    expect(steps.filter(({ name, text }) => name === 'ARG' || /--mount|--build-arg/.test(text))).toEqual([])
    expect(steps.filter(({ name }) => name === 'ENV')).toEqual([{ name: 'ENV', text: 'NODE_ENV=production' }])
    const order = stages.at(-1)?.steps.map(({ name }) => name) ?? []
    expect(stages.at(-1)?.steps.find(({ name }) => name === 'USER')?.text).toBe('node')
    expect(order.indexOf('USER')).toBeGreaterThan(order.lastIndexOf('RUN'))
  })

  test('is installed in the one way that works with a lock of another platform', () => {
    const commands = steps.filter(({ name }) => name === 'RUN').map(({ text }) => text)
    expect(commands.filter((command) => /npm (ci|i|install|add)\b|yarn|pnpm/.test(command))).toEqual([])
    expect(commands).toContain('node scripts/install.js')
    expect(read('scripts/install.js')).toMatch(/\['install', '--no-save', '--include=dev'/)
  })

  test('holds what a guard runs on, and no tools', () => {
    expect(readdirSync(app).sort()).toEqual(['dist', 'mesg.yml', 'node_modules', 'package.json', 'processes'])
    expect(readdirSync(join(app, 'processes'))).toHaveLength(14)
    for (const name of ['typescript', 'jest', 'eslint', 'web3', 'solc', '@mesg/api']) {
      expect([name, existsSync(join(app, 'node_modules', name, 'package.json'))]).toEqual([name, false])
    }
    expect(sizeOf(join(app, 'node_modules'))).toBeLessThan(150_000_000)
  })

  const entry = words('ENTRYPOINT').map((word) => here(word, root))
  const health = words('HEALTHCHECK').map((word) => here(word, root))

  test('says what it can do', () => {
    const { stdout, status } = spawnSync(entry[0] ?? '', [...entry.slice(1), '--help'], { cwd: app, encoding: 'utf8' })
    expect(stdout).toContain('plasma-guard')
    expect(status).toBe(0)
  })

  test('starts, is healthy, writes to /data alone, and stops when asked', async () => {
    const isHealthy = () => spawnSync(health[0] ?? '', health.slice(1), { cwd: app }).status === 0
    expect(isHealthy()).toBe(false)
    writeFileSync(join(data, 'guard.yml'), CONFIGURATION)
    const before = snapshot(app)
    const guard = spawn(entry[0] ?? '', entry.slice(1), {
      ...{ cwd: app, env: { PATH: process.env['PATH'] } },
      ...(isRoot() ? { uid: 1000, gid: 1000 } : {}),
    })
    let said = ''
    for (const stream of [guard.stdout, guard.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()))
    const ended = once(guard, 'exit')
    try {
      while (!isHealthy() || !said.includes('no answer yet')) {
        if (guard.exitCode !== null) throw new Error(said)
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      guard.kill('SIGTERM')
      expect(await ended).toEqual([0, null])
    } finally {
      guard.kill('SIGKILL')
    }
    expect(snapshot(app)).toEqual(before)
    expect(readdirSync(data).sort()).toEqual(['alive', 'data', 'guard.yml'])
  }, 120_000)
})

/** Its node is down: the guard waits for it. */
const CONFIGURATION = `rootChain: { urls: ['http://127.0.0.1:9'], plasmaFramework: '0x${'ab'.repeat(20)}' }
childChain: { url: 'http://127.0.0.1:9' }
mode: observe
`

function snapshot(folder: string): Record<string, number> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return Object.fromEntries(names.map((name) => [name, lstatSync(join(folder, name)).mtimeMs]))
}
