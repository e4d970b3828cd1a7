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
    const [, name = '', rest = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? []
    if (name === '') throw new Error(`not an instruction: ${line}`)
    const [, image = '', alias] = /^(\S+)(?: AS (\S+))?$/.exec(rest) ?? []
    if (name === 'FROM') stages.push({ image, alias, steps: [] })
    else stages.at(-1)?.steps.push({ name, text: rest })
  }
  return stages
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
