import * as Plot from '@observablehq/plot'
import { scaleFor, showable } from './axis.ts'
import { frame, type Histogram, seriesColor, verticalAxis } from './plot.ts'

/** Draws overlaid counts in common bins. */
export function histogram(figure: Histogram): string | undefined {
  const shown = figure.series.map(({ values }) =>
    Array.from({ length: values.length }, (_, i) => values[i]!).filter((value) => showable(figure.x, value)),
  )
  const all = shown.flat()
  const x = scaleFor(figure.x, all)
  if (!x) return undefined
  const bins = Math.max(1, Math.round(figure.bins ?? Math.min(40, Math.max(8, Math.sqrt(all.length)))))
  const place = (value: number) => (x.type === 'log' ? Math.log(value) : value)
  const [low, high] = [place(x.domain[0]), place(x.domain[1])]
  const edge = (k: number) => {
    const at = low + ((high - low) * k) / bins
    return x.type === 'log' ? Math.exp(at) : at
  }
  const counted = shown.map((own) => {
    const counts = Array.from({ length: bins }, (_, k) => ({ x1: edge(k), x2: edge(k + 1), count: 0 }))
    for (const value of own)
      counts[Math.min(bins - 1, Math.max(0, Math.floor(((place(value) - low) / (high - low)) * bins)))]!.count++
    return counts.filter((bin) => bin.count > 0)
  })
  const y = scaleFor(
    verticalAxis(figure),
    counted.flat().map((bin) => bin.count),
    true,
  )
  if (!y) return undefined
  const base = y.type === 'log' ? y.domain[0] : 0
  const marks = counted.map((counts, index) =>
    Plot.rect(counts, {
      x1: 'x1',
      x2: 'x2',
      y1: () => base,
      y2: 'count',
      fill: seriesColor(index),
      fillOpacity: counted.length > 1 ? 0.5 : 0.85,
      stroke: seriesColor(index),
      strokeOpacity: counted.length > 1 ? 0.9 : 0,
      inset: 0.5,
    }),
  )
  return frame(figure, y, x, marks)
}
