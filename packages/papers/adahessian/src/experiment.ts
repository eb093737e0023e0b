import { type Experiment, type ExperimentContext, random } from '@opt/core'
import { mean } from '@opt/core/experiment'
import { digits, ifPresent } from '@opt/datasets'
import { Adam } from '@opt/optimizers'
import { AdaHessian } from './adahessian.ts'
import { type DigitsRun, digitsRun, type Make, type Tensors } from './experiment/digits-run.ts'
import { quadratic, type Rotation, stepsTo } from './experiment/quadratics.ts'

const RATES = { adam: [0.1, 0.3, 1, 3, 10], adahessian: [0.15, 0.3, 1, 3] }

const count = (steps: number) => (Number.isFinite(steps) ? String(steps) : '> 2000')
const range = (x: number[]) => {
  const [low, high] = [count(Math.min(...x)), count(Math.max(...x))]
  return low === high ? low : `${low} to ${high}`
}

/** Counts the steps for each learning rate and seed, and picks the best learning rate of each seed. */
async function onQuadratics({ progress, seed, table, figure }: ExperimentContext, seeds: number[], rotation: Rotation) {
  const steps = { adam: RATES.adam.map(() => [] as number[]), adahessian: RATES.adahessian.map(() => [] as number[]) }
  const masses: number[] = []
  for (const one of seeds) {
    await progress((one - seed) / (seeds.length + 1), `quadratic, rotation ${rotation}, seed ${one}`)
    const problem = quadratic(rotation, random(one))
    masses.push(problem.offDiagonal)
    RATES.adam.forEach((learningRate, k) => {
      steps.adam[k].push(stepsTo(problem, (x) => new Adam(x, { learningRate })))
    })
    RATES.adahessian.forEach((learningRate, k) => {
      steps.adahessian[k].push(stepsTo(problem, (x) => new AdaHessian(x, { learningRate, seed: one })))
    })
  }
  const best = (each: number[][]) => seeds.map((_, s) => Math.min(...each.map((list) => list[s])))
  table({
    title: `Steps to a millionth of f, rotation ${rotation}: off-diagonal over diagonal mass ${mean(masses).toFixed(1)}`,
    columns: ['optimizer', 'learning rate', 'steps over the seeds'],
    rows: [
      ...RATES.adahessian.map((rate, k) => ['AdaHessian', rate, range(steps.adahessian[k])]),
      ...RATES.adam.map((rate, k) => ['Adam', rate, range(steps.adam[k])]),
    ],
  })
  if (rotation === 'none')
    figure({
      kind: 'line',
      title: 'Steps against the learning rate, diagonal Hessian',
      caption: 'Means over the seeds',
      x: { label: 'learning rate', scale: 'log' },
      y: { label: 'steps to a millionth of f', scale: 'log' },
      series: [
        { label: 'AdaHessian', x: RATES.adahessian, y: steps.adahessian.map(mean) },
        { label: 'Adam', x: RATES.adam, y: steps.adam.map(mean) },
      ],
    })
  return { steps, adam: best(steps.adam), adahessian: best(steps.adahessian) }
}

/** Quadratics with and without a diagonal Hessian, and a small network, beside tuned Adam. */
export const experiment: Experiment = async (context) => {
  const { scale, seed, claim, note } = context
  const seeds = Array.from({ length: scale === 'quick' ? 1 : 5 }, (_, k) => seed + k)
  note(`Quadratics in 50 variables, condition 1e4, seeds ${seeds.join(', ')}; both optimizers without averaging.`)
  const straight = await onQuadratics(context, seeds, 'none')
  const [atDefault, , atOne] = straight.steps.adahessian
  claim({
    claim: 'Diagonal Hessian: learning rate 1 is Newton’s method (one step), since z * Hz is the exact diagonal',
    paper: '',
    ours: `${range(atOne)} step`,
    pass: atOne.every((n) => n === 1),
  })
  claim({
    claim:
      'Diagonal Hessian: AdaHessian at its default rate is faster than Adam at the best of its rates, in every seed',
    paper: 'robust to scale and to the learning rate',
    ours: `${range(atDefault)} steps against ${range(straight.adam)}`,
    pass: atDefault.every((n, s) => n < straight.adam[s]),
  })
  for (const rotation of ['mild', 'full'] as const) {
    const turned = await onQuadratics(context, seeds, rotation)
    claim({
      claim: `Rotated Hessian (${rotation}): faster than Adam; it is not, the diagonal does not see what stands beside it`,
      paper: '',
      ours: `best over learning rates ${range(turned.adahessian)} steps against Adam’s ${range(turned.adam)}`,
      pass: null,
    })
  }
  await onDigits(context, scale === 'quick' ? seeds.slice(0, 1) : seeds.slice(0, 3))
}

/** Trains on the digits, unless they are absent: AdaHessian untuned beside Adam untuned and tuned. */
async function onDigits(context: ExperimentContext, seeds: number[]): Promise<void> {
  const data = await ifPresent(digits({ folder: context.dataFolder }), (reason) =>
    context.note(`The network was not trained: ${reason}`),
  )
  if (!data) return
  const contenders: { name: string; rate: number; make: Make }[] = [
    ...[0.15, 0.3, 1].map((rate) => ({
      name: 'AdaHessian',
      rate,
      make: (p: Tensors) => new AdaHessian(p, { learningRate: rate, seed: 1 }),
    })),
    ...[1e-3, 1e-2, 3e-2, 1e-1].map((rate) => ({
      name: 'Adam',
      rate,
      make: (p: Tensors) => new Adam(p, { learningRate: rate }),
    })),
  ]
  const found: { name: string; rate: number; runs: DigitsRun[]; loss: number }[] = []
  for (const { name, rate, make } of contenders) {
    const runs: DigitsRun[] = []
    for (const seed of seeds) {
      await context.progress(0.9, `digits, ${name}, learning rate ${rate}, seed ${seed}`)
      runs.push(digitsRun(data, make, seed, 300))
    }
    found.push({ name, rate, runs, loss: mean(runs.map(({ loss }) => loss)) })
  }
  const shown = ({ runs, loss }: (typeof found)[0]) =>
    `loss ${loss.toPrecision(2)}, accuracy ${mean(runs.map(({ accuracy }) => accuracy)).toFixed(3)}`
  const [untuned, plain] = [found[0], found[3]]
  const tuned = (name: string) => found.filter((one) => one.name === name).sort((a, b) => a.loss - b.loss)[0]
  context.claim({
    claim:
      'Digits, both at their default learning rates: AdaHessian ends at a tenth of Adam’s loss or less, in every seed',
    paper: 'works without tuning the learning rate',
    ours: `${shown(untuned)} against ${shown(plain)}`,
    pass: untuned.runs.every(({ loss }, s) => loss < plain.runs[s].loss / 10),
  })
  const [ours, theirs] = [tuned('AdaHessian'), tuned('Adam')]
  context.claim({
    claim: 'Digits, both tuned: better than Adam; it is not',
    paper: 'better than Adam on several tasks',
    ours: `rate ${ours.rate}: ${shown(ours)}; Adam, rate ${theirs.rate}: ${shown(theirs)}`,
    pass: null,
  })
  const wall = ({ runs }: (typeof found)[0]) => mean(runs.map(({ milliseconds }) => milliseconds / 300))
  context.claim({
    claim: 'A step costs one Hessian-vector product more',
    paper: 'comparable to first-order methods',
    ours: `${wall(untuned).toFixed(2)} ms against Adam’s ${wall(plain).toFixed(2)} ms a step here`,
    pass: null,
  })
  context.table({
    title: `UCI digits, 64-32-10 tanh, batches of 128, 300 steps, means over seeds ${seeds.join(', ')}`,
    columns: ['optimizer', 'learning rate', 'training loss', 'test accuracy', 'ms a step'],
    rows: found.map((one) => [
      one.name,
      one.rate,
      one.loss.toPrecision(2),
      mean(one.runs.map(({ accuracy }) => accuracy)).toFixed(3),
      wall(one).toFixed(2),
    ]),
  })
}
