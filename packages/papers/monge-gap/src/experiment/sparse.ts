import { random } from '@opt/core'
import type { ExperimentContext } from '@opt/core/experiment'
import { elasticL1 } from '../costs/norms.ts'
import { structured } from '../map/outputs.ts'
import { learn } from './run.ts'

/** D. Only two of five coordinates differ between x and z: a map for the elastic cost leaves the others alone. */
export async function sparse(context: ExperimentContext, from: number, to: number): Promise<void> {
  const { scale, seed, claim, progress, signal } = context
  const steps = scale === 'quick' ? 250 : 500
  const count = scale === 'quick' ? 128 : 256
  const rng = random(seed + 90)
  const points = (move: number) =>
    Array.from({ length: count }, () => Array.from({ length: 5 }, (_, k) => rng.normal() + (k < 2 ? move : 0)))
  const [x, z] = [points(0), points(4)]
  const cost = elasticL1(1)
  const still: number[] = []
  for (const [k, output] of [structured(cost), 'free' as const].entries()) {
    await progress(from + ((to - from) * k) / 2, `sparse displacements, ${k === 0 ? 'structured' : 'free'} map`)
    const { map } = await learn({ x, z, d: 5, steps, seed, signal, options: { cost, output, strength: 1 } })
    const y = map(x)
    let zeros = 0
    x.forEach((p, i) => {
      for (let j = 2; j < 5; j++) if (y.get(i, j) === p[j]) zeros++
    })
    still.push(zeros / (3 * count))
  }
  claim({
    claim: 'a structured map for the elastic cost moves at most half of the points in coordinates that need no move',
    paper: 'sparse displacements',
    ours: `${(100 * still[0]).toFixed(0)} % exactly 0; ${(100 * still[1]).toFixed(0)} % of a free network`,
    pass: still[0] >= 0.5 && still[1] === 0,
  })
}
