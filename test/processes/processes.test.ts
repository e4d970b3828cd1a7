import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { packageRoot } from '../../src/config.ts'
import { compileProcess } from '../../src/engine/compile.ts'
import { lintFiles } from '../../src/engine/lint.ts'
import { parseProcess } from '../../src/engine/process-definition.ts'
import { lintService } from '../../src/engine/service.ts'

const serviceFile = join(packageRoot, 'mesg.yml')
const linted = lintService(serviceFile, readFileSync(serviceFile, 'utf8'))
const folder = join(packageRoot, 'processes')
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.yml'))
  .map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }))

describe('mesg.yml', () => {
  test('has nothing that an engine would refuse or drop', () => {
    expect(linted.findings).toEqual([])
  })
})

describe('the process files', () => {
  test('have nothing that keeps them from running on every MESG engine', () => {
    expect(lintFiles(files, linted.service)).toEqual([])
  })
})
