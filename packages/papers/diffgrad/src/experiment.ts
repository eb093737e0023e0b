import { type Experiment, random, type Series } from '@opt/core'
import { Adam, type OptimizerOptions } from '@opt/optimizers'
import { DiffGrad, type DiffGradHyper } from './diffgrad.ts'
import { type Landscape, landscapes } from './landscapes.ts'

const STEPS = 299
const [F1, F2, F3] = landscapes

/** An optimizer under the name it has in tables. */
interface Contender {
  name: string
  make(x: Float64Array): { step(g: Float64Array): void }
}

const options = (learningRate: number): OptimizerOptions<DiffGradHyper> => ({ learningRate, beta1: 0.95 })
const adam = (rate: number): Contender => ({ name: `Adam ${rate}`, make: (x) => new Adam(x, options(rate)) })
const diffGrad = (rate: number): Contender => ({
  name: `diffGrad ${rate}`,
  make: (x) => new DiffGrad(x, options(rate)),
})
const CONTENDERS = [adam(0.1), diffGrad(0.1), adam(0.05), diffGrad(0.2)]

/** Returns the 300 points of the path from a start. */
function walk({ derivative }: Landscape, { make }: Contender, start: number): Float64Array {
  const x = Float64Array.of(start)
  const optimizer = make(x)
  const path = new Float64Array(STEPS + 1).fill(start)
  for (let t = 1; t <= STEPS; t++) {
    optimizer.step(Float64Array.of(derivative(x[0])))
    path[t] = x[0]
  }
  return path
}

const end = (landscape: Landscape, contender: Contender, start = -1) => walk(landscape, contender, start)[STEPS]
const near = (x: number, to: number) => Math.abs(x - to) < 0.005

/** The paper's functions of one variable, with Adam at half the rate as a control. */
export const experiment: Experiment = async ({ scale, seed, claim, note, table, figure, progress }) => {
  note(
    `From x = -1 unless said otherwise, ${STEPS} steps, learning rate 0.1, beta1 0.95, beta2 0.999: the paper's own setting.`,
  )
  await progress(0, 'the three functions from x = -1')
  const [plain, ours, half, double] = CONTENDERS
  claim({
    claim: 'F1: diffGrad finds the global minimum -0.3 where Adam stays in the local one, 0.2',
    paper: 'Adam overshoots the global minimum, diffGrad does not',
    ours: `Adam ${end(F1, plain).toFixed(3)}, diffGrad ${end(F1, ours).toFixed(3)}`,
    pass: near(end(F1, plain), 0.2) && near(end(F1, ours), -0.3),
  })
  claim({
    claim: 'F2: diffGrad stays in the deep valley near -0.8 that Adam leaves',
    paper: 'Adam overshoots the global minimum, diffGrad does not',
    ours: `Adam ${end(F2, plain).toFixed(3)}, diffGrad ${end(F2, ours).toFixed(3)}`,
    pass: near(end(F2, plain), 0) && F2.value(end(F2, ours)) < F2.value(end(F2, plain)),
  })
  claim({
    claim: 'F3: an advantage of diffGrad; there is none, both come to the minimum 0',
    paper: '',
    ours: `Adam ${end(F3, plain).toFixed(4)}, diffGrad ${end(F3, ours).toFixed(4)}`,
    pass: null,
  })
  const starts = [-1, -0.95, -1.2, -1.5]
  const ends = (landscape: Landscape, contender: Contender, from: number[]) =>
    from.map((start) => end(landscape, contender, start).toFixed(3)).join(', ')
  claim({
    claim: 'Control: more than a smaller step; it is not, Adam at half the rate ends as well',
    paper: 'not in the paper',
    ours: `from ${starts.join(', ')}: on F1 Adam 0.05 ends at ${ends(F1, half, starts)}, diffGrad 0.2 at ${ends(F1, double, starts)}; on F2 from -1 Adam 0.05 at ${ends(F2, half, [-1])}`,
    pass: null,
  })

  const count = scale === 'quick' ? 20 : 200
  const rng = random(seed)
  const drawn = Array.from({ length: count }, () => rng.uniform(-1.6, -0.9))
  const goals: { landscape: Landscape; goal: string; reached(x: number): boolean }[] = [
    { landscape: F1, goal: 'F1 at -0.3', reached: (x) => near(x, -0.3) },
    { landscape: F2, goal: 'F2 below 0', reached: (x) => F2.value(x) < F2.value(0) - 0.01 },
    { landscape: F3, goal: 'F3 at 0', reached: (x) => Math.abs(x) < 0.05 },
  ]
  const rows: (string | number)[][] = []
  for (const [k, contender] of CONTENDERS.entries()) {
    await progress((k + 1) / (CONTENDERS.length + 1), `${contender.name}, ${count} random starts`)
    const counts = goals.map(
      ({ landscape, reached }) => drawn.filter((x) => reached(end(landscape, contender, x))).length,
    )
    rows.push([contender.name, ...counts.map((n) => `${n} of ${count}`)])
  }
  const columns = ['optimizer and learning rate', ...goals.map(({ goal }) => goal)]
  table({ title: `Where ${count} random starts in [-1.6, -0.9] end (seed ${seed})`, columns, rows })
  for (const landscape of landscapes) {
    const x = Array.from({ length: STEPS + 1 }, (_, t) => t)
    const series: Series[] = CONTENDERS.map((contender) => ({
      label: contender.name,
      x,
      y: walk(landscape, contender, -1),
    }))
    figure({ kind: 'line', title: landscape.name, x: { label: 'step' }, y: { label: 'x' }, series })
  }
  note('Not tested here: the paper’s comparisons on image classification networks. No claim about networks is made.')
}
