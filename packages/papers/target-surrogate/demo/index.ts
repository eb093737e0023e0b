import { type ControlValues, cos, type Demo, exp, type Figure, type Frame, log, random, sin } from '@opt/core'
import { pointSeries } from '@opt/core/experiment'
import { mlp } from '@opt/nn'
import { Adam, SGD } from '@opt/optimizers'
import {
  adagradNormEta,
  armijoEta,
  armijoSteps,
  fixedEta,
  type InnerSolver,
  logistic,
  type Model,
  networkModel,
  optimizerSteps,
  pseudoTargets,
  type Rows,
  type StepRule,
  TargetSurrogate,
} from '@opt/target-surrogate'

const COUNT = 80
const GRADIENTS = 40
const SIZES = [2, 8, 1]
/** The two examples whose outputs are shown. */
const [FIRST, SECOND] = [3, 6]

/** Two half-moons, flat, with labels 0 and 1. */
function moons() {
  const rng = random(5)
  const inputs = new Float64Array(2 * COUNT)
  const labels = new Float64Array(COUNT)
  for (let i = 0; i < COUNT; i++) {
    const angle = Math.PI * rng.uniform()
    labels[i] = i % 2
    inputs[2 * i] = (i % 2 ? 0.5 - cos(angle) : cos(angle) - 0.5) + 0.15 * rng.normal()
    inputs[2 * i + 1] = (i % 2 ? 0.25 - sin(angle) : sin(angle) - 0.25) + 0.15 * rng.normal()
  }
  return { inputs, labels }
}

const data = moons()

/** A method with its own network, and its loss after each expensive gradient. */
class Runner {
  readonly label: string
  readonly network = mlp({ sizes: SIZES, activation: 'tanh', loss: 'logistic', batch: 400, seed: 2 })
  readonly surrogate: TargetSurrogate
  readonly losses: number[] = []
  readonly work: number[] = []
  /** The outputs of the two examples before each inner step of the last step, and after it. */
  path: [number, number][] = []

  constructor(label: string, steps: number, inner: InnerSolver, rule?: StepRule) {
    this.label = label
    const theta = this.network.parameters as Float64Array
    const model = networkModel(this.network)
    const watched: Model<Rows> = {
      ...model,
      vjp: (...given) => {
        this.#look()
        return model.vjp(...given)
      },
    }
    this.surrogate = new TargetSurrogate(watched, theta, { loss: logistic(), steps, inner, rule })
  }

  #look() {
    const z = this.network.predict(data.inputs)
    this.path.push([z[FIRST], z[SECOND]])
  }

  step() {
    this.path = []
    const report = this.surrogate.step(data)
    this.#look()
    const { vjps, forwards } = report
    // A gradient of the network is 1, a forward pass 1/3.
    const work = report.innerSteps > 1 ? (forwards + 2 * vjps) / 3 : 1
    this.work.push((this.work.at(-1) ?? 0) + work)
    this.losses.push(this.network.loss(data.inputs, data.labels))
    return report
  }
}

const RULES: Record<string, (eta: number) => StepRule> = {
  fixed: (eta) => fixedEta({ eta }),
  'Armijo search': () => armijoEta(),
  'scalar AdaGrad': (eta) => adagradNormEta({ eta }),
}

function* run(values: ControlValues): Generator<Frame, void, void> {
  const { eta, m, rule, axis } = values as { eta: number; m: number; rule: string; axis: string }
  const sso = new Runner('surrogates', m, armijoSteps(), RULES[rule](eta))
  const runners = [
    sso,
    new Runner(
      'gradient descent',
      1,
      optimizerSteps((theta) => new SGD(theta, { learningRate: 1 })),
    ),
    new Runner(
      'Adam',
      1,
      optimizerSteps((theta) => new Adam(theta, { learningRate: 0.1 })),
    ),
  ]
  for (let t = 1; t <= GRADIENTS; t++) {
    const z = sso.surrogate.outputs(data.inputs)
    const report = sso.step()
    for (const other of runners.slice(1)) other.step()
    yield {
      figures: [plane(sso), targets(sso, z, report.eta!), curves(runners, axis === 'total work')],
      readout: [
        ['expensive gradients', String(t)],
        ['loss', sso.losses.at(-1)!.toPrecision(3)],
        ['loss + surrogate, a bound if eta is at most 4', (report.loss! + report.surrogate).toPrecision(3)],
        ['eta', report.eta!.toPrecision(3)],
        ['inner steps', String(report.innerSteps)],
        ['trials and products of the model', `${report.forwards} + ${report.vjps}`],
      ],
      progress: t / GRADIENTS,
    }
  }
  // At equal work the others go on: the trick costs model evaluations.
  if (axis !== 'total work') return
  for (const other of runners.slice(1)) while (other.work.at(-1)! < sso.work.at(-1)!) other.step()
  const z = sso.surrogate.outputs(data.inputs)
  yield {
    figures: [plane(sso), targets(sso, z, eta), curves(runners, true)],
    readout: runners.map(({ label, losses }) => [`${label}, loss at equal work`, losses.at(-1)!.toPrecision(3)]),
    progress: 1,
  }
}

/** The points, and where the network is undecided. */
function plane({ network }: Runner): Figure {
  const grid = 40
  const at = (k: number) => -2 + (4 * k) / (grid - 1)
  const inputs = new Float64Array(2 * grid * grid)
  for (let i = 0; i < grid; i++) for (let j = 0; j < grid; j++) inputs.set([at(i), at(j)], 2 * (i * grid + j))
  const z = network.predict(inputs)
  const [x, y]: number[][] = [[], []]
  for (let i = 0; i < grid; i++)
    for (let j = 0; j + 1 < grid; j++) {
      const [low, high] = [z[i * grid + j], z[i * grid + j + 1]]
      if (low < 0 === high < 0) continue
      x.push(at(i))
      y.push(at(j) + (low / (low - high)) * (at(j + 1) - at(j)))
    }
  const series = [0, 1].map((label) => {
    const chosen = Array.from(data.labels.keys()).filter((i) => data.labels[i] === label)
    return {
      label: `class ${label}`,
      x: chosen.map((i) => data.inputs[2 * i]),
      y: chosen.map((i) => data.inputs[2 * i + 1]),
    }
  })
  return {
    kind: 'scatter',
    title: 'The model',
    caption: 'A network of 8 tanh units; its boundary is drawn.',
    x: { label: 'input 1' },
    y: { label: 'input 2' },
    series: [...series, { label: 'boundary', x, y }],
  }
}

/** The outputs of two examples: the loss, the bowl that the surrogate puts at z, and the path of the inner steps. */
function targets({ path }: Runner, z: Float64Array, eta: number): Figure {
  const gradient = logistic().gradient(z, data.labels)
  const goal = pseudoTargets({ outputs: z, gradient, eta })
  const [u, v] = [goal[FIRST], goal[SECOND]]
  const distance = Math.sqrt((z[FIRST] - u) ** 2 + (z[SECOND] - v) ** 2)
  const ring = (share: number) => {
    const radius = share * distance
    const angles = Array.from({ length: 49 }, (_, k) => (2 * Math.PI * k) / 48)
    return {
      label: `bowl, ${share}`,
      dashed: true,
      x: angles.map((angle) => u + radius * cos(angle)),
      y: angles.map((angle) => v + radius * sin(angle)),
    }
  }
  const both = [FIRST, SECOND]
  const loss = logistic().value(
    both.map((i) => z[i]),
    both.map((i) => data.labels[i]),
    1,
  )
  const contour = (level: number, label: string) => {
    const points = Array.from({ length: 199 }, (_, k) => {
      const share = (k + 1) / 200
      return [outputOf(share * level, data.labels[FIRST]), outputOf((1 - share) * level, data.labels[SECOND])]
    }).filter((point) => Math.abs(point[0] - u) <= 1.2 * distance && Math.abs(point[1] - v) <= 1.2 * distance)
    return pointSeries(label, points)
  }
  return {
    kind: 'line',
    title: 'Target space: the outputs of two examples',
    caption:
      'One expensive gradient at z puts the bottom of a bowl at z - eta g (rings); the inner steps walk towards it as far as the model can, without asking for the loss again, whose contours are drawn.',
    x: { label: `output of a point of class ${data.labels[FIRST]}` },
    y: { label: `output of a point of class ${data.labels[SECOND]}` },
    series: [
      ring(1),
      ring(0.5),
      { label: 'z to z - eta g', dashed: true, x: [z[FIRST], u], y: [z[SECOND], v] },
      pointSeries('inner steps from z', path),
      contour(loss, 'loss as at z'),
      contour(loss / 2, 'half of that loss'),
    ],
  }
}

/** The output at which the logistic loss of a label has this value. */
function outputOf(loss: number, label: number): number {
  const z = log(exp(loss) - 1)
  return label === 1 ? -z : z
}

function curves(runners: Runner[], work: boolean): Figure {
  return {
    kind: 'line',
    title: work ? 'Loss by total work' : 'Loss by expensive gradients',
    caption: work
      ? 'In gradients of the network: if gradients are cheap, plain Adam is as good or better.'
      : 'If each gradient is a simulation or a question, this is what you pay for.',
    x: { label: work ? 'work, in gradients of the network' : 'expensive gradients', scale: work ? 'log' : 'linear' },
    y: { label: 'loss', scale: 'log' },
    series: runners.map(({ label, losses, work: done }) => ({
      label,
      x: work ? done : losses.map((_, t) => t + 1),
      y: losses,
    })),
  }
}

const demo: Demo = {
  title: 'Many cheap steps per expensive gradient',
  intro:
    'All methods pay for each gradient of the loss. The surrogate uses every one of them for m steps of the model. Raise m and eta, then switch the axis to total work and see when the trick pays.',
  controls: [
    { kind: 'choice', name: 'rule', label: 'rule for eta', options: Object.keys(RULES), value: 'fixed' },
    { kind: 'range', name: 'eta', label: 'eta (1/L is 4)', min: 0.5, max: 100, log: true, value: 10 },
    { kind: 'range', name: 'm', label: 'inner steps m', min: 1, max: 50, step: 1, value: 20 },
    {
      kind: 'choice',
      name: 'axis',
      label: 'axis',
      options: ['expensive gradients', 'total work'],
      value: 'expensive gradients',
    },
  ],
  run,
  code: ({ eta, m, rule }) => `import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import { ${rule === 'Armijo search' ? 'armijoEta' : rule === 'fixed' ? 'fixedEta' : 'adagradNormEta'}, networkModel, TargetSurrogate } from '@opt/target-surrogate'

const network = mlp({ sizes: [2, 8, 1], activation: 'tanh', loss: 'logistic' })
const rng = random(1)
const inputs = Array.from({ length: 100 }, () => [rng.normal(), rng.normal()]) // your rows
// Your expensive derivative of each example's loss in its outputs: a simulator, an expert, a service
const simulate = async (outputs) => outputs.map((z, i) => 1 / (1 + Math.exp(-z)) - Number(inputs[i][0] > 0))
const surrogate = new TargetSurrogate(networkModel(network), network.parameters, {
  steps: ${m},
  rule: ${rule === 'Armijo search' ? 'armijoEta()' : rule === 'fixed' ? `fixedEta({ eta: ${eta} })` : `adagradNormEta({ eta: ${eta} })`},
})
for (let t = 0; t < ${GRADIENTS}; t++) {
  const outputs = surrogate.outputs(inputs)
  const gradient = await simulate(outputs)
  await surrogate.stepFrom({ inputs, outputs, gradient })
}
console.log('asked for', ${GRADIENTS}, 'expensive gradients')`,
}
export default demo
