import type { Figure } from '@opt/core'
import { bars } from './bars.ts'
import { curves } from './curves.ts'
import { histogram } from './histogram.ts'
import { escapeHtml } from './html.ts'
import { legend } from './legend.ts'
import { heatmap, pictureGrid } from './pictures.ts'

/** Renders a figure as an HTML element: title, caption, legend, picture. */
export async function figureHtml(figure: Figure): Promise<string> {
  const caption = figure.caption ? `<p>${escapeHtml(figure.caption)}</p>` : ''
  const wide = figure.kind === 'images' && figure.images.length > 6 ? ' class="wide"' : ''
  return `<figure${wide}><figcaption><h4>${escapeHtml(figure.title)}</h4>${caption}</figcaption>${await body(figure)}</figure>`
}

async function body(figure: Figure): Promise<string> {
  if (figure.kind === 'images') return pictureGrid(figure)
  if (figure.kind === 'heatmap') return heatmap(figure)
  const svg = figure.kind === 'histogram' ? histogram(figure) : figure.kind === 'bar' ? bars(figure) : curves(figure)
  return svg ? legend(figure) + svg : '<p class="empty">No value that these axes can show.</p>'
}
