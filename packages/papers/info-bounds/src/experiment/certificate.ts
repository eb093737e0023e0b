import { type ExperimentContext, random } from '@opt/core'
import { mean } from '@opt/core/experiment'
import { smoothedProfile } from '../index.ts'
import { certified, halves, shuffledDigits } from './digits-data.ts'
import { rankCorrelation } from './ranks.ts'
import { SHIFTS, shifted } from './shifts.ts'

/** Sizes of a measurement. */
export const SIZES = {
  quick: { components: 3000, draws: 2000 },
  standard: { components: 6000, draws: 3000 },
  full: { components: 6000, draws: 3000 },
} as const

export const SEEDS = { quick: 1, standard: 2, full: 5 } as const

interface Case {
  name: string
  strong: boolean
  /** Of the last hidden layer, with and without labels. */
  totalVariation: number
  unlabelled: number
  change: number
  byLayer: { totalVariation: number[]; kl: number[] }
}

/** Two halves of the digits' test set, one of them shifted: certificates beside the change of the error. */
export async function shiftCertificate(context: ExperimentContext): Promise<void> {
  const seeds = SEEDS[context.scale]
  const size = SIZES[context.scale]
  const cases: Case[] = []
  for (let s = 0; s < seeds; s++) {
    const seed = context.seed * seeds + s
    const rng = random(seed)
    const part = await shuffledDigits(context, rng)
    const network = certified(part(0, 900), seed)
    const [reference, half] = halves(part(900, 1700))
    for (const [k, { name, change, strong = false }] of SHIFTS.entries()) {
      await context.progress((0.5 * (s + k / SHIFTS.length)) / seeds, `digits, ${name}`)
      const batch = shifted(half, change, rng)
      // The same noise for all shifts, which differ by less.
      const profile = smoothedProfile(network, reference, batch, { ...size, random: random(seed) })
      const free = smoothedProfile(network, reference, batch, { ...size, labels: false, random: random(seed) })
      const last = profile.layers.at(-1)!
      cases.push({
        name,
        strong,
        totalVariation: last.totalVariation,
        unlabelled: free.layers.at(-1)!.totalVariation,
        change: profile.difference!,
        byLayer: {
          totalVariation: profile.layers.map((layer) => layer.totalVariation),
          kl: profile.layers.map((layer) => layer.kl),
        },
      })
    }
  }
  judge(context, cases)
  show(context, cases)
}

function judge({ claim }: ExperimentContext, cases: Case[]): void {
  const above = Math.max(...cases.map(({ change, totalVariation }) => Math.abs(change) - totalVariation))
  claim({
    claim: 'No change of the error is above the total variation of the last hidden layer (0.02 for the draws)',
    paper: '45 of 45 cases in a numpy prototype',
    ours: `${cases.filter(({ change, totalVariation }) => Math.abs(change) <= totalVariation).length} of ${cases.length}; at most ${above.toFixed(3)} above`,
    pass: above <= 0.02,
  })
  const falling = cases.filter(({ byLayer: { kl } }) => kl.every((d, l) => l === 0 || d < kl[l - 1])).length
  claim({
    claim: 'The divergence falls from layer to layer',
    paper: 'D_L <= ... <= D_0',
    ours: `${falling} of ${cases.length}`,
    pass: falling >= cases.length - Math.ceil(cases.length / 23),
  })
  const changes = cases.map(({ change }) => change)
  const correlations = [
    rankCorrelation(
      changes,
      cases.map(({ totalVariation }) => totalVariation),
    ),
    rankCorrelation(
      changes,
      cases.map(({ unlabelled }) => unlabelled),
    ),
  ]
  claim({
    claim: 'Total variation ranks the changes of the error, with labels and without (Spearman, at least 0.9)',
    paper: '0.976 and 0.976 in a numpy prototype',
    ours: correlations.map((value) => value.toFixed(3)).join(' and '),
    pass: correlations.every((value) => value >= 0.9),
  })
  const ratios = cases.filter(({ strong }) => strong).map(({ change, totalVariation }) => change / totalVariation)
  claim({
    claim:
      'For strong shifts the bound is no more than about twice the change: mean of change / total variation at least 0.55',
    paper: '0.55 or more in a numpy prototype, up to 0.84',
    ours: `${mean(ratios).toFixed(2)}, up to ${Math.max(...ratios).toFixed(2)}`,
    pass: mean(ratios) >= 0.55,
  })
}

function show({ table, figure }: ExperimentContext, cases: Case[]): void {
  const rows = SHIFTS.map(({ name }) => {
    const group = cases.filter((one) => one.name === name)
    const average = (of: (one: Case) => number) => mean(group.map(of))
    const layers = (key: 'totalVariation' | 'kl', digits: number) =>
      group[0].byLayer[key].map((_, l) => average(({ byLayer }) => byLayer[key][l]).toFixed(digits)).join('  ')
    return {
      cells: [
        name,
        layers('totalVariation', 3),
        layers('kl', 2),
        average(({ change }) => change).toFixed(3),
        average(({ unlabelled }) => unlabelled).toFixed(3),
      ],
      change: average(({ change }) => change),
      totalVariation: average(({ totalVariation }) => totalVariation),
    }
  })
  table({
    title: `Digits, a batch against the reference; means of ${cases.length / SHIFTS.length} seed(s)`,
    columns: ['shift', 'TV by layer', 'D by layer', 'change of the error', 'TV without labels, last layer'],
    rows: rows.map(({ cells }) => cells),
  })
  const x = rows.map(({ cells }) => cells[0])
  figure({
    kind: 'bar',
    title: 'How much the error can change, and does',
    x: { label: 'shift' },
    y: { label: 'share of pictures' },
    series: [
      { label: 'total variation, last hidden layer', x, y: rows.map(({ totalVariation }) => totalVariation) },
      { label: 'change of the error', x, y: rows.map(({ change }) => Math.max(0, change)) },
    ],
  })
}
