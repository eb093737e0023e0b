import * as Plot from '@observablehq/plot'
import type { Figure, Image } from '@opt/core'
import { encodePng } from '@opt/datasets'
import { escapeHtml } from './html.ts'

/** Renders small pictures side by side, each with its label. */
export async function pictureGrid({ title, images }: Extract<Figure, { kind: 'images' }>): Promise<string> {
  const cells = await Promise.all(
    images.map(async (image, index) => {
      const alt = image.label ?? `${title}, picture ${index + 1}`
      return `<li>${await pictureTag(image, alt)}${image.label ? `<span>${escapeHtml(image.label)}</span>` : ''}</li>`
    }),
  )
  const widest = Math.max(0, ...images.map((image) => image.width))
  return `<ul class="pictures" style="--cell:${Math.min(320, Math.max(72, widest))}px">${cells.join('')}</ul>`
}

/** Renders a grey picture in the colour scheme viridis, with its key. */
export async function heatmap({ title, image }: Extract<Figure, { kind: 'heatmap' }>): Promise<string> {
  const key =
    image.channels === 1 ? '<p class="key"><span>low</span><i aria-hidden="true"></i><span>high</span></p>' : ''
  return `${await pictureTag(image.channels === 1 ? coloured(image) : image, image.label ?? title, 'heatmap')}${key}`
}

async function pictureTag(image: Image, alt: string, kind = ''): Promise<string> {
  const { width, height, channels } = image
  const data = Uint8Array.from(image.data, (value) => Math.max(0, Math.min(255, Math.round(value))))
  const png = await encodePng({ width, height, channels, data })
  // Small pictures are shown as pixels, photographs smoothly.
  const look = [kind, Math.max(width, height) <= 128 ? 'pixels' : ''].filter(Boolean).join(' ')
  const source = `data:image/png;base64,${Buffer.from(png).toString('base64')}`
  return `<img src="${source}" width="${width}" height="${height}" alt="${escapeHtml(alt)}"${look ? ` class="${look}"` : ''}>`
}

/** Applies the colour scheme viridis, the one of the key in the stylesheet. */
function coloured({ width, height, data }: Image): Image {
  const scale = Plot.scale({ color: { type: 'linear', scheme: 'viridis', domain: [0, 255] } })
  const table = Array.from({ length: 256 }, (_, value) => rgb(scale?.apply(value)))
  const pixels = new Uint8Array(width * height * 3)
  for (let i = 0; i < width * height; i++)
    pixels.set(table[Math.max(0, Math.min(255, Math.round(data[i]!))) || 0]!, 3 * i)
  return { width, height, channels: 3, data: pixels }
}

/** Reads `#rrggbb` or `rgb(r, g, b)`. */
function rgb(color: string): number[] {
  if (color.startsWith('#')) return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16))
  return (color.match(/\d+/g) ?? []).slice(0, 3).map(Number)
}
