// The container's entry point: `node container.js FOLDER [COMMAND...]`, where the folder holds guard.yml and the data.
import { showAlive } from './alive.ts'
import { containerArguments } from './container-arguments.ts'

const [node = '', file = '', folder = '/data', ...given] = process.argv
process.argv = [node, file, ...containerArguments(folder, { given, environment: process.env })]
if (given.length === 0) showAlive(folder)
await import('./main.ts')
