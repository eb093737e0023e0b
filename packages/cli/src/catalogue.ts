// Made by scripts/catalogue.mjs from the papers' package.json; do not edit.
import type { Experiment } from '@opt/core'
import type { Paper } from './paper.ts'

/** All papers, by name. */
export const papers: readonly Paper[] = [
  {
    name: 'sinkhorn-sns',
    version: '0.0.0',
    title: 'Accelerating Sinkhorn Algorithm with Sparse Newton Iterations',
    authors: [
      'Xun Tang',
      'Michael Shavlovsky',
      'Holakou Rahmanian',
      'Elisa Tardini',
      'Kiran Koshy Thekumparampil',
      'Tesi Xiao',
      'Lexing Ying',
    ],
    year: 2024,
    venue: 'ICLR',
    arXiv: '2401.12253',
    topic: 'optimal transport',
    tasks: ['I have two point clouds', 'I have two images or histograms to compare', 'I need a soft matching'],
    summary: 'Entropic optimal transport to 1e-9 and beyond in tens of iterations instead of thousands.',
    module: '@opt/sinkhorn-sns/experiment',
  },
]

/** Loads a paper's experiment, by its module's name. */
export const experiments: Readonly<Record<string, () => Promise<{ experiment: Experiment }>>> = {
  '@opt/sinkhorn-sns/experiment': () => import('@opt/sinkhorn-sns/experiment'),
}
