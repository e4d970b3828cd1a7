import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import Sqlite from 'better-sqlite3'
import { decodeUtxoPos } from '../../src/plasma/position.ts'
import type { Address } from '../../src/plasma/units.ts'
import { openLedgerDatabase } from '../../src/store/ledger-database.ts'
import { migrations } from '../../src/store/ledger-schema.ts'
import { apply, isStep, people, readingOf, tell, type Chapter, type Wish } from './story.ts'
import { chain, contentOf, openStore, type Store } from './stores.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ledger-database-'))
})
afterEach(() => {
  rmSync(directory, { recursive: true })
})

function file(): string {
  return join(directory, 'ledger.sqlite')
}

const wishes: readonly Wish[] = Array.from({ length: 40 }, (_, index): Wish => {
  if (index % 9 === 8) return { to: 'exit', coin: index * 7 }
  const payments = [3, 5, 8].map((coin) => ({ coin: coin * index, second: index % 2 ? coin : undefined, owner: coin }))
  return index % 3 === 0 ? { to: 'deposit', owner: index, amount: 10 + index } : { to: 'submit', payments }
})

async function fill({ facts }: Store, before: readonly Chapter[] = [], count = wishes.length): Promise<Chapter[]> {
  const chapters = [...before]
  for (const wish of wishes.slice(0, count)) {
    const chapter = tell(chapters, wish, 0)
    chapters.push(chapter)
    await facts.write((draft) => {
      draft.add(readingOf([chapter]))
    })
    if (isStep(chapter)) await apply(facts, chapter)
  }
  return chapters
}

describe('a store', () => {
  test('holds after it was closed what it held before', async () => {
    const store = openStore(directory)
    await fill(store)
    const before = contentOf(store.database)
    store.database.close()
    const again = openStore(directory)

    expect(contentOf(again.database)).toEqual(before)
    expect(again.facts.applied()?.blknum).toBe(again.facts.ledger.nextBlknum() - 1000n)
    again.database.close()
  })

  test('of another chain or framework is refused, in words that name both', async () => {
    openStore(directory).database.close()
    const other = { ...chain, framework: `0x${'ab'.repeat(20)}` as Address }

    expect(() => openLedgerDatabase(directory, { ...chain, chainId: 1n })).toThrow(
      expect.objectContaining({
        code: 'ANOTHER_CHAIN',
        facts: expect.objectContaining({ chainId: '1337', wantedChainId: '1' }),
      }),
    )
    expect(() => openLedgerDatabase(directory, other)).toThrow(
      expect.objectContaining({ code: 'ANOTHER_CHAIN', message: expect.stringContaining(other.framework) }),
    )
    openStore(directory).database.close()
  })

  test('belongs to one process at a time, and to nobody after that was killed', async () => {
    const first = openStore(directory)
    expect(() => openStore(directory)).toThrow(
      expect.objectContaining({ code: 'LEDGER_IN_USE', message: expect.stringContaining(directory) }),
    )
    first.database.close()
    const hold = `
      import Sqlite from 'better-sqlite3'
      globalThis.held = new Sqlite(${JSON.stringify(join(directory, 'ledger.lock'))})
      held.exec('begin exclusive')
      process.stdout.write('held')
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', hold])
    await once(child.stdout, 'data')
    expect(() => openStore(directory)).toThrow(expect.objectContaining({ code: 'LEDGER_IN_USE' }))
    child.kill('SIGKILL')
    await once(child, 'exit')
    openStore(directory).database.close()
  })
})

describe('a store of another version', () => {
  const first = migrations.slice(0, 1)
  const next = `alter table blocks add column note text not null default 'old';
    create table notes (blknum integer primary key) strict;
    insert into notes select blknum from blocks;`

  test('is brought up to date, and keeps what it holds', async () => {
    makeFirstVersion()
    const { reader, close } = openLedgerDatabase(directory, chain, [...first, next])

    expect(reader.pragma('user_version', { simple: true })).toBe(2)
    expect(reader.prepare('select blknum, event, note from blocks').all()).toEqual([
      { blknum: 1000, event: 7, note: 'old' },
    ])
    expect(reader.prepare('select * from notes').all()).toEqual([{ blknum: 1000 }])
    close()
    openLedgerDatabase(directory, chain, [...first, next]).close()
  })

  test('stays as it is when that fails half way', async () => {
    makeFirstVersion()
    expect(() => openLedgerDatabase(directory, chain, [...first, `${next} drop table absent`])).toThrow('no such table')
    const { reader, close } = openLedgerDatabase(directory, chain, [...first, next])

    expect(reader.pragma('user_version', { simple: true })).toBe(2)
    expect(reader.prepare('select count(*) from blocks').pluck().get()).toBe(1)
    close()
  })

  test('that is newer is refused, and left alone', async () => {
    openLedgerDatabase(directory, chain, [...migrations, next]).close()
    const before = readFileSync(file())

    expect(() => openLedgerDatabase(directory, chain)).toThrow(expect.objectContaining({ code: 'NEWER_STORE' }))
    expect(readFileSync(file()).equals(before)).toBe(true)
  })

  /** As the first program left it. */
  function makeFirstVersion(): void {
    const database = new Sqlite(file())
    database.pragma('journal_mode = WAL')
    database.pragma('application_id = 0x706c6764')
    for (const step of first) database.exec(step)
    database.pragma('user_version = 1')
    database.exec(`insert into meta values ('chain_id', '1337'), ('framework', '${chain.framework}');
      insert into blocks values (1000, 7, 0, x'')`)
    database.close()
  }
})

describe('a damaged store', () => {
  test.each([
    ['text', () => Buffer.from('This is no database. '.repeat(1_000))],
    ['zeros', () => Buffer.alloc(50_000)],
  ])('of nothing but %s is called so', (_, content) => {
    writeFileSync(file(), content())
    expect(() => openStore(directory)).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT', fatal: true }))
  })

  test('that is another program’s database is called so, and left alone', () => {
    const database = new Sqlite(file())
    database.exec('create table theirs (id integer); insert into theirs values (1)')
    database.close()

    expect(() => openStore(directory)).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }))
    const again = new Sqlite(file())
    expect(again.prepare('select * from theirs').all()).toEqual([{ id: 1 }])
    again.close()
  })

  test('that lost its end is called so', async () => {
    await makeStore()
    for (const part of [0.9, 0.5, 0.1]) {
      truncateSync(file(), Math.floor((readFileSync(file()).length * part) / 4_096) * 4_096)
      expect(() => openStore(directory)).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }))
    }
  })

  test('with flipped bits or a lost page is called so, or answers; nothing else goes wrong', async () => {
    await makeStore()
    const whole = readFileSync(file())
    const random = createRandom(20)
    let found = 0
    for (let round = 0; round < 60; round++) {
      const damaged = Buffer.from(whole)
      const at = random(damaged.length)
      if (round % 3 === 0) damaged.fill(0, at - (at % 4_096), at - (at % 4_096) + 4_096)
      else damaged[at] = (damaged[at] ?? 0) ^ (1 << random(8))
      writeFileSync(file(), damaged)
      const code = codeOf(readAll)
      expect(['none', 'STORE_CORRUPT', 'ANOTHER_CHAIN', 'NEWER_STORE']).toContain(code)
      if (code === 'STORE_CORRUPT') found++
    }
    expect(found).toBeGreaterThan(20)
  })

  test('makes no proof that a block’s root does not accept', async () => {
    const store = openStore(directory)
    await fill(store)
    const { writer } = store.database
    const byte = `cast(substr(bytes, 1, length(bytes) - 1) || x'ff' as blob)`
    writer.exec(`update transactions set bytes = ${byte} where place = (select max(place) from transactions)`)
    const last = store.facts.ledger.nextBlknum() - 1000n

    expect(() => store.facts.ledger.inclusionProof({ blknum: last, txIndex: 0 })).toThrow(
      expect.objectContaining({ code: 'STORE_CORRUPT' }),
    )
    writer.exec(`update blocks set nodes = zeroblob(length(nodes))`)
    store.database.close()
    expect(() => openStore(directory)).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }))
  })

  async function makeStore(): Promise<void> {
    const store = openStore(directory)
    await fill(store)
    store.database.close()
  }

  /** Everything that can be asked. */
  function readAll(): void {
    const store = openStore(directory)
    try {
      const { facts } = store
      for (const read of [facts.tips, facts.exitGameEvents, facts.unreadable, facts.ahead, facts.applied]) read()
      facts.eventsFrom(0n)
      for (const { address } of people) {
        for (const [utxoPos] of facts.ledger.unspentOf(address)) readOutput(facts, utxoPos)
      }
      for (
        let blknum = 1n;
        blknum < facts.ledger.nextBlknum();
        blknum += blknum < 20n ? 1n : 1000n - (blknum % 1000n)
      ) {
        facts.timeOf(blknum)
        facts.submitted(blknum)
        facts.ledger.inclusionProof({ blknum, txIndex: 0 })
        facts.ledger.signedTransaction({ blknum, txIndex: 1 })
      }
    } finally {
      store.database.close()
    }
  }

  function readOutput(
    { ledger, sightings }: Store['facts'],
    utxoPos: Parameters<Store['facts']['sightings']>[0],
  ): void {
    ledger.spend(utxoPos)
    ledger.rawTransaction(decodeUtxoPos(utxoPos))
    sightings(utxoPos)
  }
})

describe('a full disk', () => {
  test('is called so; nothing of the failed write is there, and all that was before', async () => {
    const store = openStore(directory)
    const chapters = await fill(store)
    const { writer } = store.database
    const before = contentOf(store.database)
    const pages = Number(writer.pragma('page_count', { simple: true }))
    writer.pragma(`max_page_count = ${pages + 3}`)

    await expect(fill(store, chapters)).rejects.toMatchObject({ code: 'STORE_FULL', fatal: true })
    expect(writer.inTransaction).toBe(false)
    const kept = store.facts.eventsFrom(0n)
    expect(kept.slice(0, chapters.length)).toEqual(chapters.map(({ event }) => event))
    store.database.close()

    const again = openStore(directory)
    await again.facts.write((draft) => {
      draft.dropAbove(BigInt(chapters.length))
    })
    expect(contentOf(again.database)).toEqual(before)
    await fill(again, chapters)
    expect(again.facts.ahead()).toEqual([])
    again.database.close()
  })

  test('in the middle of a block leaves nothing of the block, and room lets it be written', async () => {
    const store = openStore(directory)
    const chapters = await fill(store, [], 30)
    const { writer } = store.database
    const payments = Array.from({ length: 200 }, (_, coin) => ({ coin, second: undefined, owner: coin }))
    const block = tell(chapters, { to: 'submit', payments }, 0)
    await store.facts.write((draft) => {
      draft.add(readingOf([block]))
    })
    const before = contentOf(store.database)
    writer.pragma(`max_page_count = ${Number(writer.pragma('page_count', { simple: true })) + 1}`)

    await expect(apply(store.facts, block)).rejects.toMatchObject({ code: 'STORE_FULL' })
    expect(contentOf(store.database)).toEqual(before)
    writer.pragma('max_page_count = 1000000')
    await apply(store.facts, block)
    expect(store.facts.ahead()).toEqual([])
    store.database.close()
  })
})

function codeOf(act: () => void): string {
  try {
    act()
    return 'none'
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error) return String(error.code)
    throw error
  }
}

/** Numbers below a limit, the same in every run. */
function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return Math.floor((state / 2 ** 31) * below)
  }
}
