import { cos, random, sin } from '@opt/core'
import type { ExperimentContext } from '@opt/core/experiment'
import { euclidean } from '../costs/radial.ts'
import { learn, relativeGap } from './run.ts'

/** A hard case: one normal distribution to eight on a circle, where the fit finds a crossed map first. */
export async function blobs(context: ExperimentContext, from: number, to: number): Promise<void> {
  const { seed, claim, progress, signal } = context
  const rng = random(seed + 110)
  const x = Array.from({ length: 128 }, () => [rng.normal(), rng.normal()])
  const z = Array.from({ length: 128 }, (_, i) => {
    const angle = (Math.PI * i) / 4
    return [4 * cos(angle) + 0.2 * rng.normal(), 4 * sin(angle) + 0.2 * rng.normal()]
  })
  const cost = euclidean()
  const gaps: number[] = []
  for (const [k, strength] of [1, 3].entries()) {
    await progress(from + ((to - from) * k) / 2, `eight blobs, strength ${strength}`)
    const learned = await learn({ x, z, d: 2, steps: 600, seed, signal, options: { cost, strength } })
    gaps.push(relativeGap(learned, x, cost))
  }
  claim({
    claim:
      'hard: from one cloud to eight blobs around it, for the Euclidean distance, strength 1 may keep a crossed map',
    paper: '',
    ours: `gap ${(100 * gaps[0]).toFixed(0)} % of W with strength 1, ${(100 * gaps[1]).toFixed(0)} % with 3`,
    pass: null,
  })
}
