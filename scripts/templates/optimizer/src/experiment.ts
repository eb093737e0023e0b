import { type Experiment, random } from '@opt/core'
import { Adam } from '@opt/optimizers'
import { __Class__ } from './__name__.ts'

/** Returns the steps after which |x| has fallen a thousandfold on f = |x|^2 / 2; Infinity after 1000. */
function steps(make: (x: Float64Array) => { step(g: Float64Array): void }, seed: number): number {
  const rng = random(seed)
  const x = Float64Array.from({ length: 10 }, () => rng.normal())
  const norm = () => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0))
  const goal = norm() / 1000
  const optimizer = make(x)
  for (let t = 0; t < 1000; t++) {
    if (norm() <= goal) return t
    optimizer.step(x)
  }
  return Infinity
}

/** The paper's headline experiment, at the scale of a laptop, over seeds and beside a control. */
export const experiment: Experiment = async ({ scale, seed, claim, progress }) => {
  const seeds = Array.from({ length: scale === 'quick' ? 2 : 5 }, (_, k) => seed + k)
  await progress(0, 'a quadratic')
  const ours = seeds.map((one) => steps((x) => new __Class__(x, { learningRate: 0.05 }), one))
  const adam = seeds.map((one) => steps((x) => new Adam(x, { learningRate: 0.05 }), one))
  claim({
    claim: 'converges on a quadratic, in every seed',
    paper: '',
    ours: `${ours.join(', ')} steps (Adam ${adam.join(', ')})`,
    pass: ours.every(Number.isFinite),
  })
}
