/** One measured figure. `floor`: what the same work costs at least, measured in the same run; `ratio`: value to floor. */
type Figure = { bench: string; metric: string; value: number; unit: string; floor?: number; ratio?: number }

/** A bench: measures, prints figures, tells how far it is. */
export type Bench = (out: {
  print: (figure: Omit<Figure, 'bench'>) => void
  tell: (text: string) => void
}) => Promise<void>

/** The value below which `share` of the samples lie, such as 0.5 or 0.99. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}
