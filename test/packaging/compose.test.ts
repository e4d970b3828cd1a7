import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { z } from 'zod'
import { loadConfig, packageRoot } from '../../src/config.ts'
import { parseDockerfile } from './dockerfile.ts'

const file = join(packageRoot, 'deploy', 'compose.yml')
const text = readFileSync(file, 'utf8')
const held = z.record(z.string(), z.strictObject({ file: z.string() }))

/** The keys of the Compose specification that we use; a misspelt one fails. */
const schema = z.strictObject({
  services: z.strictObject({
    guard: z.strictObject({
      build: z.strictObject({ context: z.string() }),
      image: z.string(),
      restart: z.literal('unless-stopped'),
      mem_limit: z.string().regex(/^\d+[mg]$/),
      cpus: z.number(),
      pids_limit: z.number(),
      read_only: z.literal(true),
      cap_drop: z.tuple([z.literal('ALL')]),
      security_opt: z.tuple([z.literal('no-new-privileges:true')]),
      tmpfs: z.array(z.string()),
      stop_grace_period: z.string(),
      volumes: z.array(z.string()),
      configs: z.array(z.strictObject({ source: z.string(), target: z.string() })),
      secrets: z.array(z.string()),
      logging: z.strictObject({ driver: z.string(), options: z.record(z.string(), z.string()) }),
    }),
  }),
  configs: held,
  secrets: held,
  volumes: z.record(z.string(), z.null()),
})

const compose = schema.parse(parse(text))
const { guard } = compose.services
const steps = parseDockerfile(readFileSync(join(packageRoot, 'Dockerfile'), 'utf8')).at(-1)?.steps ?? []

test('builds this package', () => {
  expect(resolve(dirname(file), guard.build.context)).toBe(packageRoot)
})

test('keeps on a volume what the image keeps, and says nothing of keys in the environment', () => {
  expect(Object.keys(compose.volumes)).toEqual(['data'])
  expect(guard.volumes).toEqual(['data:/data'])
  expect(steps).toContainEqual({ name: 'VOLUME', text: '/data' })
  expect(text).not.toMatch(/PRIVATE_KEY|environment:/)
})

test('names every configuration and secret that it mounts, and mounts every one', () => {
  expect(guard.configs.map(({ source }) => source)).toEqual(Object.keys(compose.configs))
  expect(guard.secrets).toEqual(Object.keys(compose.secrets))
})

test('puts the configuration where the entry point looks for it', () => {
  const entry = JSON.parse(steps.find(({ name }) => name === 'ENTRYPOINT')?.text ?? '') as string[]
  expect(guard.configs[0]?.target).toBe(join(entry.at(-1) ?? '', 'guard.yml'))
})

test('the example is a configuration, with the secrets where they are mounted', () => {
  const config = loadConfig(join(packageRoot, 'deploy', 'guard.example.yml'), {})
  expect(config.accounts).toEqual([{ keystore: '/run/secrets/keystore', passwordFile: '/run/secrets/password' }])
})

test('every file that it wants is told of at its top, and none of them is in the context of the image', () => {
  const wanted = [...Object.values(compose.configs), ...Object.values(compose.secrets)].map(({ file }) => file)
  const head = text.slice(0, text.indexOf('services:'))
  for (const name of wanted) expect(head).toContain(name.replace('./', ''))
  expect(readFileSync(join(packageRoot, '.dockerignore'), 'utf8')).not.toMatch(/deploy/)
})
