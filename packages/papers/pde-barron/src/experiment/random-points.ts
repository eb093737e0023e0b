import { type ExperimentContext, random } from '@opt/core'
import { type NeuronInput, solveNeurons } from '../neurons/solve-neurons.ts'
import { solveSparse } from '../sparse/solve-sparse.ts'
import { ring, ringLagrangian, short } from './problems.ts'

const DIMENSION = 10
const POINTS = 4000

/** E in ten dimensions, where only random points are left as a rule: neurons beside sparse sums. */
export async function randomPoints({ scale, seed, note, progress, table }: ExperimentContext): Promise<void> {
  if (scale === 'quick') {
    note(
      'What does not carry over: in ten dimensions random neurons on random points leave several per cent (--full measures it); take the sparse solver there.',
    )
    return
  }
  await progress(0.88, 'neurons, d = 10')
  const [d, L, f] = [DIMENSION, ringLagrangian(), ring(DIMENSION)]
  const { u } = solveSparse({ lagrangian: L, f, threshold: 1e-6, budget: 1e-4 }, { tolerance: 1e-3 })
  const rng = random(seed)
  const draw = (count: number) => Array.from({ length: count }, () => Array.from({ length: d }, () => rng.uniform()))
  const rule = { points: draw(POINTS), weights: new Float64Array(POINTS).fill(1 / POINTS) }
  const fresh = draw(1000)
  const exact = u.at(fresh)
  const error = (neurons: NeuronInput['neurons']) => {
    const values = solveNeurons({ lagrangian: L, f, boundary: new Array(d).fill('neumann'), neurons, rule }).value(
      fresh,
    )
    let [square, size] = [0, 0]
    for (const [i, value] of exact.entries()) {
      square += (values[i] - value) * (values[i] - value)
      size += value * value
    }
    return Math.sqrt(square / size)
  }
  const waves = f.toJSON().frequencies.flatMap((w) => {
    const second = w.lastIndexOf(1)
    const scaled = (sign: number) => w.map((k, j) => Math.PI * k * (j === second ? sign : 1))
    return second === w.indexOf(1) ? [scaled(1)] : [scaled(1), scaled(-1)]
  })
  const rows = [100, 200].map((count) => [`${count} random tanh`, short(error({ count, seed }))])
  const ofForcing = { activation: 'cos' as const, inputWeights: waves, biases: new Float64Array(waves.length) }
  rows.push([`${waves.length} cosines with the frequencies of f`, short(error(ofForcing))])
  table({
    title: `E: the ring problem in ten dimensions, neurons on ${POINTS} random points`,
    columns: ['neurons', 'relative L2 error'],
    rows,
  })
  note(
    `What does not carry over: in ten dimensions neurons on random points leave ${rows.map(([what, left]) => `${left} (${what})`).join(', ')} of the solution (prototype: .06 to .19, cosines .02): take the sparse solver there.`,
  )
}
