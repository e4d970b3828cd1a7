import { api } from './api.ts'
import type { Bench } from './bench.ts'
import { burst } from './burst.ts'
import { judge } from './judge.ts'
import { load } from './load.ts'
import { proof } from './proof.ts'
import { respond } from './respond.ts'
import { sync } from './sync.ts'
import { verify } from './verify.ts'

const benches: Readonly<Record<string, Bench>> = { respond, burst, verify, sync, load, proof, judge, api }

const names = process.argv.slice(2)
const unknown = names.filter((name) => !Object.hasOwn(benches, name))
if (unknown.length > 0) {
  process.stderr.write(`No such bench: ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}.\n`)
  process.exit(1)
}

for (const [name, bench] of Object.entries(benches)) {
  if (names.length > 0 && !names.includes(name)) continue
  await bench({
    print: (figure) => process.stdout.write(`${JSON.stringify({ bench: name, ...figure })}\n`),
    tell: (text) => process.stderr.write(`${name}: ${text}\n`),
  })
}
