import type { Figure, Image } from '@opt/core'
import type { Unmixed } from '@opt/spectral-unmixing'
import { figureHtml } from '../report/figure.ts'
import { escapeHtml, htmlPage } from '../report/html.ts'

/** Renders maps, spectra and band weights as a self-contained HTML page. */
export async function unmixPage(
  source: string,
  pictures: Image[],
  { endmembers, bandWeights, bandErrors }: Unmixed,
  facts: string[],
): Promise<string> {
  const [bands, K] = endmembers.shape as [number, number]
  const x = Float64Array.from({ length: bands }, (_, l) => l + 1)
  const series = Array.from({ length: K }, (_, k) => ({
    label: `material ${k + 1}`,
    x,
    y: Float64Array.from({ length: bands }, (_, l) => endmembers.data[l * K + k]!),
  }))
  const figures: Figure[] = [
    {
      kind: 'images',
      title: 'Materials',
      caption: 'All in one, a colour each; then the part of each in every pixel, from black for none to white for all.',
      images: pictures,
    },
    { kind: 'line', title: 'Spectra', x: { label: 'band' }, y: { label: 'value, as in the image' }, series },
    {
      kind: 'line',
      title: 'Weights of the bands',
      caption: 'Relative to the median; noisy bands have small ones.',
      x: { label: 'band' },
      y: { label: 'weight' },
      series: [{ label: 'weight', x, y: bandWeights }],
    },
    {
      kind: 'line',
      title: 'What is not explained',
      caption: 'The root mean square of the residual in each band.',
      x: { label: 'band' },
      y: { label: 'error, as in the image' },
      series: [{ label: 'error', x, y: bandErrors }],
    },
  ]
  const drawn: string[] = []
  for (const figure of figures) drawn.push(await figureHtml(figure))
  return htmlPage(`The materials of ${source}`, {
    header: `<ul class="notes">${facts.map((fact) => `<li>${escapeHtml(fact.replace(/ {2,}/g, ': '))}</li>`).join('')}</ul>`,
    main: `<div class="figures">${drawn.join('\n')}</div>`,
    footer: 'Written by <code>opt unmix</code>, after Zhu, Wang, Fan, Meng and Pan 2014.',
  })
}
