import * as Plot from '@observablehq/plot'
import type { Axis, Figure } from '@opt/core'
import { parseHTML } from 'linkedom'
import { printable } from '../terminal/printable.ts'
import type { Scale } from './axis.ts'
import { escapeHtml } from './html.ts'

/** Figures with axes. */
export type Chart = Extract<Figure, { kind: 'line' | 'scatter' | 'bar' }>
export type Histogram = Extract<Figure, { kind: 'histogram' }>

/** Returns the vertical axis; a histogram's is the count. */
export const verticalAxis = (figure: Chart | Histogram): Axis =>
  figure.kind === 'histogram' ? { label: 'count' } : figure.y

// Size of the drawing; the page scales it.
export const WIDTH = 440
export const HEIGHT = 290
export const FONT = 14
/** Average width of a character at that size. */
export const LETTER = 7.6

export const MUTED = 'var(--muted)'
export const GRID = { stroke: 'var(--grid)', strokeOpacity: 1 } as const
const SYMBOLS = ['circle', 'square', 'triangle', 'diamond', 'cross', 'star'] as const

/** Returns the colour of a series, a CSS variable that the page defines for light and dark. */
export const seriesColor = (index: number): string => `var(--series-${(index % 8) + 1})`
/** Returns the symbol of a point cloud, so that clouds differ not in colour alone. */
export const seriesSymbol = (index: number): (typeof SYMBOLS)[number] => SYMBOLS[index % SYMBOLS.length]!
/** Whether a curve is dashed: on request, or because its colour repeats. */
export const isDashed = (series: object, index: number): boolean =>
  ('dashed' in series && series.dashed === true) || index >= 8

const { document } = parseHTML('<!doctype html><html><body></body></html>')

/** Draws frame, grid and axes around marks. */
export function frame(figure: Chart | Histogram, y: Scale, x: Scale | string[], marks: Plot.Markish[]): string {
  const { format, ticks } = Array.isArray(x) ? { format: undefined, ticks: undefined } : x
  const common = { ...axisText(figure.x), labelAnchor: 'center', labelOffset: 44 } as const
  return plotSvg(figure, {
    height: HEIGHT,
    ...margins(verticalAxis(figure), y),
    // Keeps dots off the numbers of the axis.
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

/** Returns the text options of an axis. */
export const axisText = (axis: Axis): Plot.AxisXOptions & Plot.AxisYOptions => ({
  label: axis.label,
  labelArrow: 'none' as const,
  fontSize: FONT,
  fill: MUTED,
  stroke: 'none',
  tickSize: 0,
  tickPadding: 8,
})

/** Returns the margins for the axes. */
export const margins = (axis: Axis, { ticks, format }: Scale): Plot.PlotOptions => ({
  marginTop: axis.label ? 30 : 12,
  marginBottom: 52,
  marginLeft: 16 + LETTER * Math.max(...ticks.map((tick) => format(tick).length)),
  marginRight: 18,
})

/** Draws a plot as an SVG element's text. */
export function plotSvg(figure: Chart | Histogram, options: Plot.PlotOptions): string {
  // Plot only reads the document; linkedom's suffices.
  const svg = Plot.plot({ ...options, width: WIDTH, className: 'plot', document: document as unknown as Document })
  svg.querySelectorAll('style').forEach((style) => void style.remove())
  svg.setAttribute('role', 'img')
  // Escaped here: linkedom leaves &, < and > in attributes as they are.
  const named = svg.outerHTML.replace('<svg', () => `<svg aria-label="${escapeHtml(describe(figure))}"`)
  // Two decimals of a pixel are enough.
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
