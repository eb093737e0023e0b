import { calling, type Figure, type Image, type MatrixLike, refuse, show, type VectorLike, vector } from '@opt/core'
import { HierarchicalRegressor } from './regressor.ts'

/** Points of the curve. */
const SAMPLES = 120

interface Picture {
  /** Scores and responses of the rows given. */
  points: { u: Float64Array; y: Float64Array }
  curve: { u: Float64Array; y: Float64Array }
  /** Entries of the score's matrix, or the largest coefficients, as shares of the largest: rows of cells from -1 to 1. */
  cells: { rows: number; columns: number; values: Float64Array; title: string }
  bars: { labels: string[]; values: number[] }
}

function pictureOf(model: HierarchicalRegressor, X: MatrixLike, y: VectorLike): Picture {
  if (!(model instanceof HierarchicalRegressor)) refuse('model', 'a fitted HierarchicalRegressor', show(model), 'type')
  const u = model.scores(X)
  const responses = vector(y, 'y', { length: u.length })
  const [least, largest] = [Math.min(...bounds(u)), Math.max(...bounds(u))]
  const at = Float64Array.from({ length: SAMPLES }, (_, k) => least + ((largest - least) * k) / (SAMPLES - 1))
  const { scoreR2Loo, r2Loo, step } = model.report
  return {
    points: { u, y: responses },
    curve: { u: at, y: model.link(at) },
    cells: cellsOf(model),
    bars: {
      labels: ['score alone', 'score and curve', ...(step > 0 ? ['refined'] : [])],
      values: [scoreR2Loo, r2Loo[0] ?? 0, ...(step > 0 ? [r2Loo[step]] : [])],
    },
  }
}

function bounds(values: Float64Array): [number, number] {
  let [least, largest] = [Infinity, -Infinity]
  for (const value of values) {
    least = Math.min(least, value)
    largest = Math.max(largest, value)
  }
  return [least, largest]
}

function cellsOf(model: HierarchicalRegressor): Picture['cells'] {
  const { degrees = [2] } = model.options
  const quadratic = Math.max(...degrees) <= 2 && !(degrees.length === 1 && degrees[0] === 1)
  const values = quadratic
    ? model.quadratic().matrix.data
    : Float64Array.from(model.terms(12), ({ coefficient }) => coefficient)
  const peak = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const size = quadratic ? model.inputs : 1
  return {
    rows: size,
    columns: values.length / size,
    values: values.map((value) => (peak > 0 ? value / peak : 0)),
    title: quadratic ? "The score's matrix" : 'The largest terms of the score',
  }
}

/**
 * Returns a fitted model as figures in the format of @opt/core, for the reports and pages of @opt: the score's matrix (for
 * degree 2; otherwise the largest coefficients), the curve among the rows, and leave-one-out R^2 with and without the curve.
 *
 * @param X m x d: the training rows, or better others.
 * @param y m numbers.
 * @throws TypeError or RangeError when the model is none, or X and y do not match it.
 */
export function modelFigures(model: HierarchicalRegressor, X: MatrixLike, y: VectorLike): Figure[] {
  return calling('modelFigures', () => {
    const { points, curve, cells, bars } = pictureOf(model, X, y)
    const image: Image = {
      width: cells.columns,
      height: cells.rows,
      channels: 1,
      data: cells.values.map((value) => 127.5 + 127.5 * value),
    }
    return [
      {
        kind: 'heatmap',
        title: cells.title,
        caption: 'Grey is 0, white the largest magnitude, black its opposite.',
        image,
      },
      {
        kind: 'scatter',
        title: 'The curve',
        x: { label: 'standardised score' },
        y: { label: 'response' },
        series: [
          { label: 'rows', x: points.u, y: points.y },
          { label: 'curve', x: curve.u, y: curve.y },
        ],
      },
      {
        kind: 'bar',
        title: 'Leave-one-out R^2',
        caption:
          'Without a gain from the curve the response is no curve of this score. After refinement it is optimistic.',
        x: { label: '' },
        y: { label: 'R^2' },
        series: [{ label: 'R^2', x: bars.labels, y: bars.values }],
      },
    ]
  })
}

/**
 * Draws a fitted model as an SVG picture of three parts: those of {@link modelFigures}.
 *
 * @returns the text of an SVG file, 760 x 270.
 * @throws TypeError or RangeError as {@link modelFigures}.
 */
export function drawModel(model: HierarchicalRegressor, X: MatrixLike, y: VectorLike): string {
  return calling('drawModel', () => {
    const { points, curve, cells, bars } = pictureOf(model, X, y)
    const parts = [heading(20, cells.title), heading(280, 'The curve'), heading(540, 'Leave-one-out R²')]
    const side = Math.min(200 / cells.columns, 200 / cells.rows)
    for (const [k, value] of cells.values.entries()) {
      const [row, column] = [Math.floor(k / cells.columns), k % cells.columns]
      const fill = `${value < 0 ? '#c8500a' : '#0b62a8'}" fill-opacity="${Math.abs(value).toFixed(3)}`
      parts.push(
        `<rect x="${px(20 + column * side)}" y="${px(40 + row * side)}" width="${px(side)}" height="${px(side)}" fill="${fill}"/>`,
      )
    }
    parts.push(
      `<rect x="20" y="40" width="${px(side * cells.columns)}" height="${px(side * cells.rows)}" fill="none" stroke="#888"/>`,
    )

    const across = axis(bounds(curve.u), 280, 480)
    const [low, high] = [...bounds(points.y), ...bounds(curve.y)].reduce(
      ([least, largest], value) => [Math.min(least, value), Math.max(largest, value)],
      [Infinity, -Infinity],
    )
    const up = axis([low, high], 240, 40)
    for (let i = 0; i < points.u.length; i++)
      parts.push(
        `<circle cx="${px(across(points.u[i]))}" cy="${px(up(points.y[i]))}" r="1.5" fill="#888" fill-opacity="0.5"/>`,
      )
    const path = Array.from(curve.u, (u, k) => `${px(across(u))},${px(up(curve.y[k]))}`).join(' ')
    parts.push(`<polyline points="${path}" fill="none" stroke="#c8500a" stroke-width="2"/>`)
    parts.push(`<rect x="280" y="40" width="200" height="200" fill="none" stroke="#888"/>`)
    parts.push(text(280, 256, short(curve.u[0])), text(480, 256, short(curve.u[SAMPLES - 1]), 'end'))
    parts.push(text(276, 240, short(low), 'end'), text(276, 50, short(high), 'end'), text(380, 256, 'score', 'middle'))

    const shares = axis([0, 1], 540, 740)
    for (const [k, value] of bars.values.entries()) {
      const length = shares(Math.max(0, Math.min(1, value))) - 540
      parts.push(`<rect x="540" y="${60 + 60 * k}" width="${px(length)}" height="20" fill="#0b62a8"/>`)
      parts.push(text(540, 54 + 60 * k, `${bars.labels[k]}: ${value.toFixed(3)}`))
    }
    parts.push('<line x1="540" y1="40" x2="540" y2="240" stroke="#888"/>')
    const style = 'font-family="system-ui, sans-serif" font-size="12"'
    return `<svg xmlns="http://www.w3.org/2000/svg" width="760" height="270" viewBox="0 0 760 270" ${style}><rect width="760" height="270" fill="#fff"/>${parts.join('')}</svg>`
  })
}

/** Places numbers between two ends linearly, without overflow of their difference. */
function axis([low, high]: readonly number[], from: number, to: number): (value: number) => number {
  const width = high / 2 - low / 2
  return (value) => from + (to - from) * (width > 0 ? (value / 2 - low / 2) / width : 0.5)
}

const px = (value: number) => value.toFixed(1)
const short = (value: number) => String(Number(value.toPrecision(2)))
const text = (x: number, y: number, words: string, anchor = 'start') =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="#444">${words}</text>`
const heading = (x: number, words: string) => `<text x="${x}" y="26" font-weight="600">${words}</text>`
