import * as Plot from '@observablehq/plot'
import { scaleFor } from './axis.ts'
import {
  axisText,
  type Chart,
  FONT,
  GRID,
  HEIGHT,
  LETTER,
  MUTED,
  margins,
  plotSvg,
  seriesColor,
  WIDTH,
} from './plot.ts'
import { pointsOf } from './points.ts'

/** Draws bars side by side within each name; horizontal when the names are too long to stand below. */
export function bars(figure: Chart): string | undefined {
  const series = figure.series.map((one) => pointsOf(one, figure.y).filter((point) => !Number.isNaN(point.y)))
  const all = series.flat()
  const value = scaleFor(
    figure.y,
    all.flatMap((point) => [point.y, point.low, point.high]),
    true,
  )
  if (!value) return undefined
  const names = [...new Set(all.map((point) => String(point.x)))]
  const base = value.type === 'log' ? value.domain[0] : 0

  // Each name has one unit of the axis, its bars 0.76 of it.
  const share = 0.76 / series.length
  const shapes = series.flatMap((points, index) =>
    points.map(({ x, y, low, high }) => {
      const start = names.indexOf(String(x)) - 0.38 + index * share
      return { start: start + 0.02, end: start + share - 0.02, middle: start + share / 2, y, low, high, index }
    }),
  )
  const spread = shapes.filter(({ low, high }) => !Number.isNaN(low) && !Number.isNaN(high))
  const fill = (shape: (typeof shapes)[number]) => seriesColor(shape.index)
  const whisker = { stroke: 'var(--text)', strokeWidth: 1.2 }
  const place = { type: 'linear', domain: [-0.5, names.length - 0.5], axis: null } as const
  const height = { type: value.type, domain: value.domain, axis: null } as const
  const nameAxis = { ...axisText(figure.x), fill: 'var(--text)', text: (k: number) => names[k] ?? '' }
  const ticks = names.map((_, k) => k)

  const longest = Math.max(...names.map((name) => name.length)) * LETTER
  if (longest > (WIDTH - 70) / names.length)
    return plotSvg(figure, {
      height: Math.max(150, 60 + names.length * Math.max(28, 18 * series.length)),
      marginTop: 10,
      marginBottom: 52,
      marginLeft: Math.min(200, longest + 16),
      marginRight: 18,
      x: height,
      y: { ...place, reverse: true },
      marks: [
        Plot.gridX(value.ticks, GRID),
        Plot.rect(shapes, { x1: () => base, x2: 'y', y1: 'start', y2: 'end', fill, rx: 2 }),
        Plot.ruleY(spread, { y: 'middle', x1: 'low', x2: 'high', ...whisker }),
        Plot.ruleX([base], { stroke: MUTED }),
        Plot.axisX(value.ticks, {
          ...axisText(figure.y),
          text: value.format,
          labelAnchor: 'center',
          labelOffset: 44,
        }),
        Plot.axisY(ticks, { ...nameAxis, label: null, lineWidth: 200 / FONT }),
      ],
    })
  return plotSvg(figure, {
    height: HEIGHT,
    ...margins(figure.y, value),
    x: place,
    y: height,
    marks: [
      Plot.gridY(value.ticks, GRID),
      Plot.rect(shapes, { x1: 'start', x2: 'end', y1: () => base, y2: 'y', fill, rx: 2 }),
      Plot.ruleX(spread, { x: 'middle', y1: 'low', y2: 'high', ...whisker }),
      Plot.ruleY([base], { stroke: MUTED }),
      Plot.axisY(value.ticks, {
        ...axisText(figure.y),
        text: value.format,
        labelAnchor: 'top',
        labelOffset: 0,
      }),
      Plot.axisX(ticks, { ...nameAxis, labelAnchor: 'center', labelOffset: 44 }),
    ],
  })
}
