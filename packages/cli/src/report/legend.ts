import { escapeHtml } from './html.ts'
import { type Chart, type Histogram, isDashed, seriesColor, seriesSymbol, verticalAxis } from './plot.ts'

/** Renders the legend of a chart, with a swatch for each series. */
export function legend(figure: Chart | Histogram): string {
  const { kind, series } = figure
  if (series.every(({ label }) => !label) || (series.length === 1 && series[0]!.label === verticalAxis(figure).label))
    return ''
  const entries = series.map((one, index) => {
    const color = seriesColor(index)
    const dashed = isDashed(one, index)
    const mark =
      kind === 'line'
        ? `<path d="M0 6H22" stroke="${color}" stroke-width="2.5"${dashed ? ' stroke-dasharray="6 4"' : ''}/>`
        : kind === 'scatter'
          ? `<g transform="translate(11 6)" fill="${color}">${SHAPES[seriesSymbol(index)]}</g>`
          : `<rect x="4" width="14" height="12" rx="2" fill="${color}"/>`
    return `<li><svg width="22" height="12" aria-hidden="true">${mark}</svg>${escapeHtml(one.label)}</li>`
  })
  return `<ul class="legend">${entries.join('')}</ul>`
}

// Shapes with the area of a circle of radius 5, as Plot draws them.
const SHAPES: Record<ReturnType<typeof seriesSymbol>, string> = {
  circle: '<circle r="5"/>',
  square: '<path d="M-4.4-4.4H4.4V4.4H-4.4Z"/>',
  triangle: '<path d="M0-6.6L5.8 3.4H-5.8Z"/>',
  diamond: '<path d="M0-6.5L3.8 0 0 6.5-3.8 0Z"/>',
  cross: '<path d="M-6-2H-2V-6H2V-2H6V2H2V6H-2V2H-6Z"/>',
  star: '<path d="M0-7L1.6-2.2H6.7L2.5.8 4.1 5.7 0 2.7-4.1 5.7-2.5.8-6.7-2.2H-1.6Z"/>',
}
