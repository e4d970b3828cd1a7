/** One instruction of a Dockerfile, lines joined. */
type Instruction = { name: string; text: string }
export type Stage = { image: string; alias: string | undefined; steps: Instruction[] }

export function parseDockerfile(text: string): Stage[] {
  const stages: Stage[] = []
  const lines = text
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n')
  for (const line of lines.filter((each) => each.trim() !== '')) {
    const step = instructionIn(line)
    if (step.name === 'FROM') stages.push(stageFrom(step))
    else stages.at(-1)?.steps.push(step)
  }
  return stages
}

function instructionIn(line: string): Instruction {
  const [, name = '', text = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? []
  if (name === '') throw new Error(`not an instruction: ${line}`)
  return { name, text }
}

function stageFrom({ text }: Instruction): Stage {
  const [, image = '', alias] = /^(\S+)(?: AS (\S+))?$/.exec(text) ?? []
  return { image, alias, steps: [] }
}

/** What a COPY copies: from which stage, or from the context. */
export function parseCopy(text: string): { from: string | undefined; sources: string[]; target: string } {
  const [, from, rest = ''] = /^(?:--from=(\S+) )?(.*)$/.exec(text) ?? []
  const words = rest.split(' ')
  return { from, sources: words.slice(0, -1), target: words.at(-1) ?? '' }
}

/** The sources of COPY instructions that a context does not hold. */
export function missingSources(stages: readonly Stage[], holds: (path: string) => boolean): string[] {
  return stages
    .flatMap(({ steps }) => steps)
    .filter(({ name }) => name === 'COPY')
    .map(({ text }) => parseCopy(text))
    .flatMap(({ from, sources }) => (from === undefined ? sources : []))
    .filter((source) => !holds(source))
}
