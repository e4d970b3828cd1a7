import { type ChildProcess, spawn } from 'node:child_process'
import { Socket } from 'node:net'

/**
 * A second process that holds one end of a pipe from this one and ends everything it was told of when the pipe breaks:
 * exit hooks do not run after SIGKILL.
 */
const SCRIPT = `
const pids = new Set()
let rest = ''
process.stdin.setEncoding('utf8')
process.stdin.on('data', (text) => {
  const words = (rest + text).split('\\n')
  rest = words.pop()
  for (const word of words) word[0] === '+' ? pids.add(+word.slice(1)) : pids.delete(+word.slice(1))
})
process.stdin.on('end', () => {
  for (const pid of pids) try { process.kill(pid, 'SIGKILL') } catch {}
})
`

let holder: ChildProcess | undefined
const held = new Set<number>()

/** From now on a process dies with this one, however that ends. */
export function leash(pid: number): void {
  if (!holder) {
    holder = spawn(process.execPath, ['-e', SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
    holder.unref()
    const pipe = holder.stdin
    if (pipe instanceof Socket) pipe.unref()
    // It may be killed from outside; then nobody is held any more, which is no reason to fail.
    pipe?.on('error', () => undefined)
  }
  held.add(pid)
  holder.stdin?.write(`+${pid}\n`)
}

/** A process that has ended: its number may soon be somebody else's. The last one takes the leash with it. */
export function unleash(pid: number): void {
  if (!held.delete(pid)) return
  holder?.stdin?.write(`-${pid}\n`)
  if (held.size > 0) return
  holder?.stdin?.end()
  holder = undefined
}
