import { startChild } from '../../../devnet/drill/child.ts'

// Starts a child that never ends by itself, says its number, and waits to be killed.
const child = startChild({
  name: 'child',
  command: process.execPath,
  args: [
    '-e',
    "process.on('SIGTERM', () => {}); console.log(JSON.stringify({ pid: process.pid })); setInterval(() => {}, 1e6)",
  ],
  cwd: process.cwd(),
  signal: new AbortController().signal,
})
const { pid } = await child.until((line) => line['pid'] !== undefined, 'its number')
process.stdout.write(`${String(pid)}\n`)
setInterval(() => undefined, 1e6)
