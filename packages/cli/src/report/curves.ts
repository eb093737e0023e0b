import * as Plot from '@observablehq/plot'
import { scaleFor, showable } from './axis.ts'
import { type Chart, frame, isDashed, seriesColor, seriesSymbol, WIDTH } from './plot.ts'
import { pointsOf, thinned } from './points.ts'

/** Draws lines with bands, or point clouds with whiskers. */
export function curves(figure: Chart): string | undefined {
  const series = figure.series.map((one) => pointsOf(one, figure.y))
  const all = series.flat().filter((point) => !Number.isNaN(point.y))
  const y = scaleFor(
    figure.y,
    all.flatMap((point) => [point.y, point.low, point.high]),
  )
  if (!y) return undefined
  const names = all.some(({ x }) => typeof x === 'string')
  const shown = names ? all : all.filter(({ x }) => showable(figure.x, x as number))
  const x = names
    ? undefined
    : scaleFor(
        figure.x,
        shown.map((point) => point.x as number),
      )
  if (!names && !x) return undefined

  const marks = figure.series.flatMap((one, index) => {
    const points = names ? series[index]! : series[index]!.filter((point) => showable(figure.x, point.x as number))
    const color = seriesColor(index)
    const spread = points.filter((point) => !Number.isNaN(point.low) && !Number.isNaN(point.high))
    if (figure.kind === 'scatter')
      return [
        Plot.ruleX(spread, { x: 'x', y1: 'low', y2: 'high', stroke: color, strokeOpacity: 0.6 }),
        Plot.dot(points, {
          x: 'x',
          y: 'y',
          r: points.length > 400 ? 2 : 3.5,
          fill: color,
          fillOpacity: points.length > 400 ? 0.6 : 0.85,
          symbol: seriesSymbol(index),
        }),
      ]
    const line = thinned(points, WIDTH)
    const dots = points.length <= 24 ? [Plot.dot(points, { x: 'x', y: 'y', r: 2.5, fill: color })] : []
    return [
      ...(spread.length > 1
        ? [Plot.areaY(spread, { x: 'x', y1: 'low', y2: 'high', fill: color, fillOpacity: 0.18 })]
        : spread.map((point) => Plot.ruleX([point], { x: 'x', y1: 'low', y2: 'high', stroke: color }))),
      Plot.lineY(line, {
        x: 'x',
        y: 'y',
        stroke: color,
        strokeWidth: 2,
        strokeLinejoin: 'round',
        ...(isDashed(one, index) ? { strokeDasharray: '6,4' } : {}),
      }),
      ...dots,
    ]
  })
  return frame(figure, y, x ?? [...new Set(all.map((point) => String(point.x)))], marks)
}
