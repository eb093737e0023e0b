import { type ExperimentContext, type Random, random } from '@opt/core'
import { mean } from '@opt/core/experiment'
import { gaussianLinear } from '../index.ts'

const DIMENSIONS = 20
const SAMPLES = 20
const RANKS = [20, 10, 4, 1]
const WANTED = [
  { rank: 20, gap: 0.16, kl: 0.506, hinge: 0.36, w: 1.4 },
  { rank: 10, gap: 0.149, kl: 0.358, hinge: 0.292, w: 0.7 },
  { rank: 4, gap: 0.109, kl: 0.226, hinge: 0.162, w: 0.27 },
  { rank: 1, gap: 0.049, kl: 0.113, hinge: 0.046, w: 0.057 },
]

/** Two normal classes behind a random projection: gaps and bounds, averaged over training sets. */
export async function gaussianClasses(context: ExperimentContext): Promise<void> {
  await context.progress(0.67, 'Gaussian classes')
  const draws = context.scale === 'quick' ? 500 : 5000
  const rng = random(context.seed + 100)
  const rows = RANKS.map((rank) => {
    const all = Array.from({ length: draws }, () => oneDraw(rank, rng))
    return {
      rank,
      gap: mean(all.map(({ gapZeroOne }) => gapZeroOne)),
      kl: Math.sqrt(all[0].expectedKl / 2),
      hinge: mean(all.map(({ gapHinge }) => gapHinge)),
      w: mean(all.map(({ boundHinge }) => boundHinge)),
    }
  })
  const sound = rows.every(({ gap, kl, hinge, w }) => gap <= kl && hinge <= w)
  const shown = (key: 'gap' | 'kl' | 'hinge' | 'w', list: typeof rows) =>
    list.map((row) => row[key].toFixed(3)).join(' ')
  const off = Math.max(
    ...rows.flatMap((row, k) =>
      (['gap', 'kl', 'hinge', 'w'] as const).map((key) => Math.abs(row[key] / WANTED[k][key] - 1)),
    ),
  )
  // Few draws in the quick experiment.
  const allowed = context.scale === 'quick' ? 0.25 : 0.1
  context.claim({
    claim: 'Gaussian classes: the bounds depend on rank and norm, and stay above the gaps at every rank',
    paper: 'KL: rank; Wasserstein: norms',
    ours: `0-1 gaps ${shown('gap', rows)} below ${shown('kl', rows)}; hinge ${shown('hinge', rows)} below ${shown('w', rows)}`,
    pass: sound,
  })
  context.claim({
    claim: `Gaps and bounds are those of a numpy prototype within ${100 * allowed} %`,
    paper: `${shown('gap', WANTED)}; ${shown('kl', WANTED)}; ${shown('hinge', WANTED)}; ${shown('w', WANTED)}`,
    ours: `${(100 * off).toFixed(1)} % off at most`,
    pass: off <= allowed,
  })
}

/** A training set, behind a projection on `rank` random directions that do not depend on it. */
function oneDraw(rank: number, rng: Random) {
  const mu = direction(DIMENSIONS, rng)
  const estimate = mu.map((m) => m + rng.normal() / Math.sqrt(SAMPLES))
  const basis: Float64Array[] = []
  while (basis.length < rank) {
    const row = direction(DIMENSIONS, rng)
    for (const one of basis) {
      const along = row.reduce((sum, v, j) => sum + v * one[j], 0)
      for (let j = 0; j < DIMENSIONS; j++) row[j] -= along * one[j]
    }
    const length = Math.sqrt(row.reduce((sum, v) => sum + v * v, 0))
    basis.push(row.map((v) => v / length))
  }
  const layers = gaussianLinear({ mean: mu, noise: 1, samples: SAMPLES, weights: [basis], estimate })
  return layers[1]
}

function direction(n: number, rng: Random): Float64Array {
  const row = Float64Array.from({ length: n }, () => rng.normal())
  const length = Math.sqrt(row.reduce((sum, v) => sum + v * v, 0))
  return row.map((v) => v / length)
}
