import { type Experiment, random } from '@opt/core'
import { mongeGap } from './monge-gap.ts'

/** The paper's headline experiment, at the scale of a laptop. */
export const experiment: Experiment = async ({ seed, claim, progress }) => {
  await progress(0, 'a random quadratic')
  const rng = random(seed)
  const target = Float64Array.from({ length: 10 }, () => rng.normal())
  const { iterations, status } = mongeGap((x) => x.map((v, i) => v - target[i]), new Float64Array(10))
  claim({
    claim: 'converges linearly on a quadratic',
    paper: '',
    ours: `${status} after ${iterations} iterations`,
    pass: status === 'converged',
  })
}
