import { Command } from 'commander'
import { isAlive } from './alive.ts'

/** `plasma-guard health` */
export function healthCommand(): Command {
  return new Command('health')
    .description('says whether the guard of a container is alive; whether it sees what it should is in its alarms')
    .argument('[folder]', 'the folder that the container keeps its data in', '/data')
    .action((folder: string) => {
      const alive = isAlive(folder)
      process.stdout.write(`${alive ? 'alive' : 'no sign of life'}\n`)
      if (!alive) process.exitCode = 1
    })
}
