import { type ControlValues, type Demo, exp, type Figure, type Frame, random } from '@opt/core'
import { blockSampler, bsvrb, measure, quadraticBlocks, soba, stableTau, temperatureLogistic } from '@opt/mbbo'

const FRAMES = 80
const PER_FRAME = 5
const [TRAIN, CLEAN] = [36, 24]
const TEMPERATURES = [0.4, 0.55, 0.75, 1, 1.4, 2]
const M = TEMPERATURES.length
const PLACES = Array.from({ length: 41 }, (_, i) => i / 20 - 1)
const [ALPHA, BETA, ETA] = [0.1, 0.1, 4]

/** Points on a line, those on the right of class 1; a few labels are wrong. */
function drawPoints(count: number, wrong: number, seed: number) {
  const rng = random(seed)
  const places = Array.from({ length: count }, (_, i) => (2 * i + 1) / count - 1 + 0.02 * rng.normal())
  const flipped = new Set(rng.choice(count, wrong))
  const labels = places.map((a, i) => (a > 0 === flipped.has(i) ? -1 : 1))
  return { inputs: places.map((a) => [2 * a, 1]), labels, flipped }
}

/** Curves of both methods, against evaluations of a block. */
const compared = (title: string, label: string, calls: number[], ours: number[], theirs: number[]): Figure => ({
  kind: 'line',
  title,
  x: { label: 'evaluations of a block' },
  y: { label, scale: 'log' },
  series: [
    { label: 'BSVRB', x: [...calls], y: [...ours] },
    { label: 'SOBA', x: [...calls], y: [...theirs] },
  ],
})

const gradients = ({ calls, ours, theirs }: { calls: number[]; ours: number[]; theirs: number[] }): Figure =>
  compared('Exact |gradient of Phi|^2 from the same budget', '|gradient|^2', calls, ours, theirs)

function* models(values: ControlValues): Generator<Frame, void, void> {
  const [I, B] = [values.blocks as number, values.batch as number]
  const training = drawPoints(TRAIN, values.wrong as number, 3)
  const problem = temperatureLogistic(training, drawPoints(CLEAN, 0, 4), TEMPERATURES, { l2: 0.02 })
  const sampler = (seed: number) =>
    blockSampler({ blocks: M, blocksPerStep: I, examples: problem.examples, batchSize: B, seed })
  const shared = {
    tau: Math.min(0.3, stableTau(M, I, ALPHA, 2) / 2),
    eta: ETA,
    beta: BETA,
    tolerance: 0,
    history: false,
  }
  const drawn = sampler(1)
  let chosen: number[] = []
  const ours = {
    ...drawn,
    blocks() {
      const blocks = drawn.blocks()
      chosen = Array.from(blocks)
      return blocks
    },
  }
  const theirs = sampler(2)

  type State = { x: Float64Array; y: Float64Array[] }
  const start = (): State => ({ x: new Float64Array(TRAIN), y: TEMPERATURES.map(() => new Float64Array(2)) })
  let [state, other]: State[] = [start(), start()]
  const curve = {
    calls: [] as number[],
    ours: [] as number[],
    theirs: [] as number[],
    apart: [] as number[],
    theirApart: [] as number[],
  }
  for (let frame = 1; frame <= FRAMES; frame++) {
    // A step of BSVRB evaluates two points, one of SOBA a single one.
    state = bsvrb(problem, state, { ...shared, alpha: ALPHA, sampler: ours, maxIterations: PER_FRAME })
    other = soba(problem, other, { ...shared, sampler: theirs, maxIterations: 2 * PER_FRAME })
    const [here, there] = [measure(problem, state.x, state.y), measure(problem, other.x, other.y)]
    curve.calls.push(2 * I * PER_FRAME * frame)
    curve.ours.push(here.gradientNorm * here.gradientNorm)
    curve.theirs.push(there.gradientNorm * there.gradientNorm)
    curve.apart.push(here.tracking)
    curve.theirApart.push(there.tracking)
    const weights = problem.weights(state.x)
    const suspects = Array.from(problem.suspects(state.x).subarray(0, training.flipped.size))
    const bars = (wrong: boolean) =>
      Array.from(weights, (weight, i) => (training.flipped.has(i) === wrong ? weight : 0))
    const names = Array.from(weights.keys(), (i) => String(i + 1))
    yield {
      figures: [
        {
          kind: 'line',
          title: 'Six models: the probability of class 1',
          caption: 'Solid lines: the models that the last step sampled.',
          x: { label: 'place' },
          y: { label: 'probability' },
          series: state.y.map(([slope, offset], i) => ({
            label: `temperature ${TEMPERATURES[i]}`,
            dashed: !chosen.includes(i),
            x: PLACES,
            y: PLACES.map((a) => 1 / (1 + exp(-(2 * slope * a + offset) / TEMPERATURES[i]))),
          })),
        },
        {
          kind: 'bar',
          title: 'One weight for each training point, shared by all models',
          caption: 'Points from left to right; the method does not know which labels are wrong.',
          x: { label: 'point' },
          y: { label: 'weight' },
          series: [
            { label: 'right label', x: names, y: bars(false) },
            { label: 'wrong label', x: names, y: bars(true) },
          ],
        },
        compared(
          'Distance of the models from their exact fits',
          'distance',
          curve.calls,
          curve.apart,
          curve.theirApart,
        ),
        gradients(curve),
      ],
      readout: [
        ['steps', String(frame * PER_FRAME)],
        ['models in the last step', chosen.map((i) => TEMPERATURES[i]).join(', ')],
        [
          'wrong labels among as many suspects',
          `${suspects.filter((i) => training.flipped.has(i)).length} of ${training.flipped.size}`,
        ],
        ['distance of models from their fits', here.tracking.toFixed(3)],
        ['that of SOBA', there.tracking.toFixed(3)],
      ],
      progress: frame / FRAMES,
    }
  }
}

/** Ten quadratic blocks, and noise in all that a step sees of them. */
function* noisy(values: ControlValues): Generator<Frame, void, void> {
  const [m, n, I, B] = [10, 3, values.blocks as number, values.batch as number]
  const rng = random(5)
  const normals = () => Array.from({ length: n }, () => rng.normal())
  const parts = Array.from({ length: m }, () => ({
    A: [0, 1, 2].map((i) => [0, 1, 2].map((j) => (i === j ? 1 + i / 2 : 0))),
    B: [0, 1, 2].map(() => normals().map((value) => value / 2)),
    b: normals(),
    t: normals(),
    rho: 0.1,
  }))
  const problem = quadraticBlocks(parts)
  const noise = (seed: number) => problem.noise({ blocksPerStep: I, batchSize: B, seed })
  const shared = { tau: 0.05, eta: 0.02, beta: 0.1, tolerance: 0, history: false }
  const [ours, theirs] = [noise(1), noise(2)]
  const square = (x: Float64Array) => problem.hyperobjective(x).gradient.reduce((sum, value) => sum + value * value, 0)
  type State = { x: Float64Array; y: Float64Array[] }
  const start = (): State => ({ x: new Float64Array(n).fill(3), y: parts.map(() => new Float64Array(n)) })
  let [state, other]: State[] = [start(), start()]
  const curve = { calls: [] as number[], ours: [] as number[], theirs: [] as number[] }
  const late = (values: number[]) => {
    const tail = values.slice(-values.length / 2)
    return (tail.reduce((sum, value) => sum + value, 0) / tail.length).toPrecision(2)
  }
  for (let frame = 1; frame <= FRAMES; frame++) {
    state = bsvrb(problem, state, { ...shared, alpha: 0.1, sampler: ours, maxIterations: 20 })
    other = soba(problem, other, { ...shared, sampler: theirs, maxIterations: 40 })
    curve.calls.push(2 * I * 20 * frame)
    curve.ours.push(square(state.x))
    curve.theirs.push(square(other.x))
    yield {
      figures: [gradients(curve)],
      readout: [
        ['steps', String(20 * frame)],
        ['|gradient|^2 of BSVRB, mean of the second half', late(curve.ours)],
        ['of SOBA', late(curve.theirs)],
      ],
      progress: frame / FRAMES,
    }
  }
}

const demo: Demo = {
  title: 'One set of weights for six models',
  intro:
    'Some labels are wrong. Each step looks at a few models and a few points, and the weights of wrong points fall for all models at once. In the noisy blocks, see what more blocks and larger batches in a step give.',
  controls: [
    { kind: 'choice', name: 'view', label: 'show', options: ['six models', 'ten noisy blocks'], value: 'six models' },
    { kind: 'range', name: 'blocks', label: 'models or blocks in a step, I', min: 1, max: M, step: 1, value: 2 },
    { kind: 'range', name: 'batch', label: 'points in a batch, B', min: 1, max: TRAIN, step: 1, value: 6 },
    { kind: 'range', name: 'wrong', label: 'wrong labels', min: 0, max: 10, step: 1, value: 5 },
  ],
  run: (values) => (values.view === 'six models' ? models(values) : noisy(values)),
  code: ({ blocks, batch }) => `import { blockSampler, bsvrb, temperatureLogistic } from '@opt/mbbo'

// Your rows, a last feature 1 for the intercept, and labels 1 and -1; a few clean ones to judge by
const training = { inputs: [[-2, 1], [-1, 1], [1, 1], [2, 1]], labels: [-1, 1, 1, 1] }
const clean = { inputs: [[-1.5, 1], [-0.5, 1], [0.5, 1], [1.5, 1]], labels: [-1, -1, 1, 1] }
const problem = temperatureLogistic(training, clean, [${TEMPERATURES.join(', ')}], { l2: 0.02 })
const { x } = bsvrb(
  problem,
  { x: new Float64Array(4), y: Array.from({ length: ${M} }, () => [0, 0]) },
  {
    sampler: blockSampler({ blocks: ${M}, blocksPerStep: ${blocks}, examples: problem.examples, batchSize: ${batch} }),
    alpha: ${ALPHA},
    beta: ${BETA},
    tau: 0.05,
    eta: ${ETA},
    maxIterations: 400,
  },
)
console.log(Array.from(problem.weights(x), (weight) => weight.toFixed(2)).join(' '))
`,
}
export default demo
