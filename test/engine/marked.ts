/** A text whose marks (¦) say where something is to be found; lines and columns count from 1. */
export function unmark(marked: string): { text: string; places: string[] } {
  const [first = '', ...rest] = marked.split('¦')
  let text = first
  const places: string[] = []
  for (const part of rest) {
    const lines = text.split('\n')
    places.push(`${lines.length}:${(lines.at(-1) ?? '').length + 1}`)
    text += part
  }
  return { text, places }
}
