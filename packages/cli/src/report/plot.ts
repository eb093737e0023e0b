import * as Plot from '@observablehq/plot'
import type { Axis, Figure } from '@opt/core'
import { parseHTML } from 'linkedom'
import { printable } from '../terminal/printable.ts'
import type { Scale } from './axis.ts'
import { escapeHtml } from './html.ts'

/** Figures with axes. */
export type Chart = Extract<Figure, { kind: 'line' | 'scatter' | 'bar' }>
export type Histogram = Extract<Figure, { kind: 'histogram' }>

/** The vertical axis: of a histogram, a count. */
export const verticalAxis = (figure: Chart | Histogram): Axis =>
  figure.kind === 'histogram' ? { label: 'count' } : figure.y

// Drawn once at this size; the page scales it between a phone's width and half a desk's.
export const WIDTH = 440
export const HEIGHT = 290
export const FONT = 14
/** A character's width at that size, on average. */
export const LETTER = 7.6

export const MUTED = 'var(--muted)'
export const GRID = { stroke: 'var(--grid)', strokeOpacity: 1 } as const
const SYMBOLS = ['circle', 'square', 'triangle', 'diamond', 'cross', 'star'] as const

/** Colours of series, as CSS variables that the page defines for light and dark. */
export const seriesColor = (index: number): string => `var(--series-${(index % 8) + 1})`
/** Marks of clouds, so that colour is not all that tells them apart. */
export const seriesSymbol = (index: number): (typeof SYMBOLS)[number] => SYMBOLS[index % SYMBOLS.length]!
/** Whether a curve is broken: asked for, or its colour is used already. */
export const isDashed = (series: object, index: number): boolean =>
  ('dashed' in series && series.dashed === true) || index >= 8

const { document } = parseHTML('<!doctype html><html><body></body></html>')

/** Frame, grid and axes round marks. */
export function frame(figure: Chart | Histogram, y: Scale, x: Scale | string[], marks: Plot.Markish[]): string {
  const { format, ticks } = Array.isArray(x) ? { format: undefined, ticks: undefined } : x
  const common = { ...axisText(figure.x), labelAnchor: 'center', labelOffset: 44 } as const
  return plotSvg(figure, {
    height: HEIGHT,
    ...margins(verticalAxis(figure), y),
    // So that no dot sits on the axis' numbers.
    inset: figure.kind === 'scatter' ? 8 : 0,
    x: Array.isArray(x)
      ? { type: 'point', domain: x, axis: null, padding: 0.3 }
      : { type: x.type, domain: x.domain, axis: null },
    y: { type: y.type, domain: y.domain, axis: null },
    marks: [
      Plot.gridY(y.ticks, GRID),
      ...(ticks ? [Plot.gridX(ticks, GRID)] : []),
      ...marks,
      ticks && format ? Plot.axisX(ticks, { ...common, text: format }) : Plot.axisX(common),
      Plot.axisY(y.ticks, {
        ...axisText(verticalAxis(figure)),
        text: y.format,
        labelAnchor: 'top',
        labelOffset: 0,
      }),
    ],
  })
}

/** How axes are written. */
export const axisText = (axis: Axis): Plot.AxisXOptions & Plot.AxisYOptions => ({
  label: axis.label,
  labelArrow: 'none' as const,
  fontSize: FONT,
  fill: MUTED,
  stroke: 'none',
  tickSize: 0,
  tickPadding: 8,
})

/** Room for the axes round the frame. */
export const margins = (axis: Axis, { ticks, format }: Scale): Plot.PlotOptions => ({
  marginTop: axis.label ? 30 : 12,
  marginBottom: 52,
  marginLeft: 16 + LETTER * Math.max(...ticks.map((tick) => format(tick).length)),
  marginRight: 18,
})

/** Draws a plot as an SVG element's text. */
export function plotSvg(figure: Chart | Histogram, options: Plot.PlotOptions): string {
  // Plot reads the document only; linkedom's is enough for it.
  const svg = Plot.plot({ ...options, width: WIDTH, className: 'plot', document: document as unknown as Document })
  svg.querySelectorAll('style').forEach((style) => void style.remove())
  svg.setAttribute('role', 'img')
  // Written here: linkedom leaves &, < and > in attributes as they are.
  const named = svg.outerHTML.replace('<svg', () => `<svg aria-label="${escapeHtml(describe(figure))}"`)
  // Three decimals of a pixel tell nobody anything.
  return printable(named).replace(/ (?:c?[xy][12]?|width|height|transform|d)="[^"]*"/g, (attribute) =>
    attribute.replace(/-?\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2)))),
  )
}

const KIND = { line: 'Line chart', scatter: 'Scatter plot', bar: 'Bar chart', histogram: 'Histogram' }

function describe(figure: Chart | Histogram): string {
  const { kind, title, x, series } = figure
  const axes = [verticalAxis(figure).label, x.label].filter(Boolean).join(' against ')
  const labels = series
    .map((one) => one.label)
    .filter(Boolean)
    .join(', ')
  return `${KIND[kind]}: ${title}. ${axes}${labels ? `; series ${labels}` : ''}`
}
