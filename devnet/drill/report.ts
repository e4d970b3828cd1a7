import type { Result } from './scenario.ts'

/** The results as a table for a person. */
export function asTable(results: readonly Result[]): string {
  const rows = results.map(({ scenario, event, mode, outcome, answers, detectMs, respondMs, note }) => [
    outcome,
    scenario,
    mode,
    event ?? '-',
    summary(answers.map((answer) => answer.function)),
    milliseconds(detectMs),
    milliseconds(respondMs),
    note,
  ])
  const header = ['outcome', 'scenario', 'mode', 'event', 'answers', 'detect', 'respond', 'note']
  const table = [header, ...rows]
  const widths = header.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)))
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** One line: how many passed. */
export function asSummary(results: readonly Result[]): string {
  const passed = results.filter(({ outcome }) => outcome === 'pass').length
  return `${passed} of ${results.length} passed`
}

/** `a, b ×2`, in the order in which they first came. */
function summary(functions: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const name of functions) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].map(([name, count]) => (count > 1 ? `${name} ×${count}` : name)).join(', ') || '-'
}

function milliseconds(span: number | null): string {
  return span === null ? '-' : `${span} ms`
}
