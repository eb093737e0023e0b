import { type Random, random } from '@opt/core'
import type { ExperimentContext } from '@opt/core/experiment'
import { geodesic } from '../costs/sphere.ts'
import { learn, relativeGap } from './run.ts'

/** C. On the sphere: from the north pole to two places on the equator. */
export async function sphere(context: ExperimentContext, from: number, to: number): Promise<void> {
  const { scale, seed, claim, progress, signal } = context
  const steps = scale === 'quick' ? 200 : 500
  const count = scale === 'quick' ? 80 : 128
  const rng = random(seed + 70)
  const x = around(count, rng, () => [0, 0, 1], 1 / 6)
  const z = around(count, rng, (i) => (i % 2 === 0 ? [1, 0, 0] : [0, 1, 0]), 1 / 20)
  const cost = geodesic(2)
  const gaps: number[] = []
  for (const [k, strength] of [0, 1].entries()) {
    await progress(from + ((to - from) * k) / 2, `sphere, strength ${strength}`)
    const options = {
      cost,
      fittingCost: cost,
      output: 'sphere' as const,
      strength,
      epsilonFitting: 0.05 * meanCost(cost, z, z),
      epsilonGap: 0.02 * meanCost(cost, x, z),
    }
    const learned = await learn({ x, z, d: 3, steps, seed, signal, options })
    gaps.push(relativeGap(learned, x, cost))
  }
  const [plain, gapped] = gaps
  claim({
    claim:
      'on the sphere, for squared great-circle distances, the gap falls to 3 % of W and to a tenth of that without it',
    paper: 'costs on manifolds',
    ours: `${(100 * plain).toFixed(0)} % without, ${(100 * gapped).toFixed(2)} % with the gap`,
    pass: gapped <= 0.03 && gapped <= plain / 10,
  })
}

/** Points of normal distributions around centres, brought to the unit sphere. */
function around(count: number, rng: Random, centre: (i: number) => number[], variance: number): number[][] {
  const deviation = Math.sqrt(variance)
  return Array.from({ length: count }, (_, i) => {
    const p = centre(i).map((v) => v + deviation * rng.normal())
    const norm = Math.sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2])
    return p.map((v) => v / norm)
  })
}

function meanCost(cost: ReturnType<typeof geodesic>, x: number[][], y: number[][]): number {
  const C = new Float64Array(x.length * y.length)
  const flat = (points: number[][]) => Float64Array.from(points.flat())
  cost.matrix(flat(x), flat(y), 3, { data: C, rows: x.length, columns: y.length, stride: y.length })
  return C.reduce((sum, c) => sum + c / C.length, 0)
}
