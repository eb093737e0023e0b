import type { Figure } from '@opt/core'
import type { RefinedSchedule } from '@opt/lr-refinement'
import { figureHtml } from '../report/figure.ts'
import { escapeHtml, htmlPage } from '../report/html.ts'

/** Renders the norms and the schedule refined from them as a self-contained HTML page. */
export async function refinePage(
  source: string,
  norms: Float64Array,
  { values, smoothed }: RefinedSchedule,
  facts: string[],
): Promise<string> {
  const x = Float64Array.from(norms, (_, t) => t + 1)
  const figures: Figure[] = [
    {
      kind: 'line',
      title: 'Gradient norms',
      x: { label: 'step' },
      y: { label: 'norm' },
      series: [
        { label: 'recorded', x, y: norms },
        { label: 'smoothed', x, y: smoothed },
      ],
    },
    {
      kind: 'line',
      title: 'Refined schedule',
      x: { label: 'step' },
      y: { label: 'learning rate' },
      series: [{ label: 'learning rate', x, y: values }],
    },
  ]
  const drawn: string[] = []
  for (const figure of figures) drawn.push(await figureHtml(figure))
  const title = `A learning rate schedule from ${source}`
  return htmlPage(title, {
    header: `<ul class="notes">${facts.map((fact) => `<li>${escapeHtml(fact.replace(/ {2,}/g, ': '))}</li>`).join('')}</ul>`,
    main: `<div class="figures">${drawn.join('\n')}</div>`,
    footer: 'Written by <code>opt refine</code>, after Defazio, Cutkosky, Mehta and Mishchenko 2023.',
  })
}
