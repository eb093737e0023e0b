import { cos, type Random, random, sin } from '@opt/core'
import type { ExperimentContext } from '@opt/core/experiment'
import { euclidean } from '../costs/radial.ts'
import { learn, relativeGap } from './run.ts'

/** B. From a half moon to an S curve, for the Euclidean distance. */
export async function curves(context: ExperimentContext, from: number, to: number): Promise<void> {
  const { scale, seed, claim, figure, progress, signal } = context
  const steps = scale === 'quick' ? 300 : 600
  const rng = random(seed + 50)
  const [x, z] = [halfMoon(128, rng), sCurve(128, rng)]
  const cost = euclidean()
  const gaps: number[] = []
  for (const [k, strength] of [0, 2].entries()) {
    await progress(from + ((to - from) * k) / 2, `half moon to S curve, strength ${strength}`)
    const learned = await learn({ x, z, d: 2, steps, seed, signal, options: { cost, strength } })
    gaps.push(relativeGap(learned, x, cost))
    const y = learned.map(x)
    const column = (points: number[][], j: number) => points.map((p) => p[j])
    figure({
      kind: 'scatter',
      title: `Images of a half moon, strength ${strength}`,
      caption: `exact gap ${(100 * gaps[k]).toFixed(2)} % of W`,
      x: { label: '' },
      y: { label: '' },
      series: [
        { label: 'x', x: column(x, 0), y: column(x, 1) },
        { label: 'T(x)', x: x.map((_, i) => y.get(i, 0)), y: x.map((_, i) => y.get(i, 1)) },
        { label: 'z', x: column(z, 0), y: column(z, 1) },
      ],
    })
  }
  const [plain, gapped] = gaps
  claim({
    claim:
      'for the Euclidean distance, strength 2 brings the gap to at most 1 % of W and to a fifth of that without it',
    paper: 'any cost, no convexity needed',
    ours: `${(100 * plain).toFixed(1)} % without, ${(100 * gapped).toFixed(2)} % with the gap`,
    pass: gapped <= 0.01 && gapped <= plain / 5,
  })
}

const placed = (angle: number, size: number, dx: number, dy: number, noise: number, rng: Random) => {
  const [c, s] = [cos(angle), sin(angle)]
  return (x: number, y: number): number[] => {
    const [u, v] = [size * (x + noise * rng.normal()), size * (y + noise * rng.normal())]
    return [c * u - s * v + dx, s * u + c * v + dy]
  }
}

/** Half a circle, turned by pi / 6 and moved down by 0.5. */
export function halfMoon(count: number, rng: Random): number[][] {
  const place = placed(Math.PI / 6, 1, 0, -0.5, 0.05, rng)
  return Array.from({ length: count }, () => {
    const t = rng.uniform(0, Math.PI)
    return place(cos(t), sin(t))
  })
}

/** An S curve, scaled by 0.6, turned by pi / 2 and moved by (1, -2). */
export function sCurve(count: number, rng: Random): number[][] {
  const place = placed(Math.PI / 2, 0.6, 1, -2, 0.05, rng)
  return Array.from({ length: count }, () => {
    const t = 3 * Math.PI * (rng.uniform() - 0.5)
    return place(sin(t), Math.sign(t) * (cos(t) - 1))
  })
}
