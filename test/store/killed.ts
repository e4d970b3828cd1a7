// Follows a story into a store until it is killed. Run by plain node.
import { follow, storyOf } from './follow.ts'
import { openStore } from './stores.ts'

const [directory, fork] = process.argv.slice(2)
const chapters = storyOf(Number(fork))
const { database, facts } = openStore(directory)
process.stdout.write('begun\n')
await follow(facts, chapters, () => {})
database.close()
process.stdout.write('ended\n')
