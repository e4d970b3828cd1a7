import { spawn, type ChildProcess } from 'node:child_process'

/** What the second process does: wait for the end of its input. */
export function leashScript(pid: number): string {
  return `process.stdin.resume().on('end', () => { try { process.kill(${pid}, 'SIGKILL') } catch {} process.exit() })`
}

/**
 * Ties a process to this one: a second process holds the other end of a pipe from here, and kills it when the pipe
 * breaks. Exit hooks would not do: they do not run after SIGKILL, nor inside jest.
 */
export function tie(pid: number): ChildProcess {
  const args = ['-e', leashScript(pid)]
  const leash = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  leash.unref()
  return leash
}
