import { boRep, cleaningTask, coshToy, trackingBound } from '@opt/bo-rep'
import { type ControlValues, type Demo, type Figure, type Frame, random } from '@opt/core'

const FRAMES = 60
const PER_FRAME = 5
const [A, B] = [1, 0.8]
const [GAMMA, INNER] = [0.3, 3]

type State = Parameters<typeof boRep>[1]

/** One upper and one lower variable: a valley whose walls rise exponentially. */
function* valley(values: ControlValues): Generator<Frame, void, void> {
  const problem = coshToy({ A: [[A]], B: [[B]], b: [0.3], a: [0], t: [1] })
  const start = values.start as number
  const [eta, period] = [values.eta as number, values.period as number]
  const bound = trackingBound({
    kappa: B / A,
    eta,
    period,
    contraction: (1 - GAMMA * A) * (1 - GAMMA * A) * (1 - GAMMA * A),
  })
  const common = { gamma: GAMMA, nu: 0.3, inner: INNER, refine: null, tolerance: 0, maxIterations: 1, history: false }
  const runs = [
    { label: 'BO-REP', options: { eta, period }, state: undefined as State | undefined, ended: false },
    {
      label: 'momentum',
      options: { eta: values.momentum as number, period, normalized: false },
      state: undefined as State | undefined,
      ended: false,
    },
  ].map((run) => ({ ...run, steps: [0], phi: [problem.hyperobjective([start]).value], lag: [0], x: start }))
  let valleyFloor = Infinity
  for (let x = -2; x <= 2; x += 0.01) valleyFloor = Math.min(valleyFloor, problem.hyperobjective([x]).value)
  for (const run of runs) run.state = { x: [start], y: problem.solution([start]) }

  for (let frame = 1; frame <= FRAMES; frame++) {
    for (const run of runs)
      for (let k = 0; k < PER_FRAME && !run.ended; k++) {
        const answer = boRep(problem, run.state!, { ...common, ...run.options })
        run.state = answer
        run.ended = answer.status === 'diverged' || Math.abs(answer.x[0]) > 500
        if (run.ended) break
        run.x = answer.x[0]
        run.steps.push(answer.k)
        run.phi.push(problem.hyperobjective(answer.x).value)
        run.lag.push(answer.y[0] - problem.solution(answer.x)[0])
      }
    const [ours, momentum] = runs
    const gap = (run: (typeof runs)[0]) => run.phi.map((value) => Math.max(value - valleyFloor, 1e-6))
    yield {
      figures: [
        {
          kind: 'line',
          title: 'Height above the valley floor',
          caption: 'Steps of equal length come down any wall. One step of momentum has to suit wall and valley.',
          x: { label: 'steps' },
          y: { label: 'Phi - least Phi', scale: 'log' },
          series: runs.map((run) => ({ label: run.label, x: [...run.steps], y: gap(run) })),
        },
        {
          kind: 'line',
          title: 'How far y lags behind the lower solution y*(x)',
          x: { label: 'steps' },
          y: { label: 'y - y*(x)' },
          series: [
            { label: 'BO-REP', x: [...ours.steps], y: [...ours.lag] },
            ...[bound, -bound].map((level) => ({
              label: level > 0 ? 'tracking bound' : 'and its negative',
              dashed: true,
              x: [0, FRAMES * PER_FRAME],
              y: [level, level],
            })),
          ],
        },
      ],
      readout: [
        ['steps', String(frame * PER_FRAME)],
        ['x of BO-REP', ours.x.toFixed(2)],
        ['x of momentum', momentum.ended ? `exploded after ${momentum.steps.at(-1)} steps` : momentum.x.toFixed(2)],
        ['y lags by at most', Math.max(...ours.lag.map(Math.abs)).toFixed(3)],
        ['bound', bound.toFixed(3)],
      ],
      progress: frame / FRAMES,
    }
  }
}

/** Digits of 5 x 7 pixels. */
const GLYPHS = [
  '01110 10001 10011 10101 11001 10001 01110',
  '00100 01100 00100 00100 00100 00100 01110',
  '01110 10001 00001 00110 01000 10000 11111',
  '11110 00001 00001 01110 00001 00001 11110',
].map((rows) => Array.from(rows.replaceAll(' ', ''), Number))
const SIDE = 9
const [TRAIN, CLEAN, SHOWN] = [120, 60, 36]

/** Glyphs at random places, with noise. */
function drawGlyphs(count: number, seed: number): { inputs: Float64Array[]; labels: number[] } {
  const rng = random(seed)
  const labels = Array.from({ length: count }, () => rng.integer(0, GLYPHS.length))
  const inputs = labels.map((label) => {
    const pixels = Float64Array.from({ length: SIDE * SIDE }, () => 0.25 * rng.uniform())
    const [row, column] = [rng.integer(0, 2), rng.integer(1, 3)]
    for (let i = 0; i < 35; i++) pixels[(row + Math.floor(i / 5)) * SIDE + column + (i % 5)] += 0.75 * GLYPHS[label][i]
    return pixels
  })
  return { inputs, labels }
}

function thumbnails(inputs: Float64Array[], labels: number[], wrong: Set<number>, weights: Float64Array): Figure {
  return {
    kind: 'images',
    title: 'Training images, each as bright as its weight',
    caption: 'The label is below each image; those marked ! are wrong, which the method does not know.',
    images: Array.from({ length: SHOWN }, (_, i) => ({
      width: SIDE,
      height: SIDE,
      channels: 1 as const,
      data: inputs[i].map((pixel) => 255 * Math.min(1, 2 * weights[i]) * pixel),
      label: `${labels[i]}${wrong.has(i) ? ' !' : ''}`,
    })),
  }
}

/** A weight for each image, a share of which carries a wrong label. */
function* digits(values: ControlValues): Generator<Frame, void, void> {
  const { inputs, labels: truth } = drawGlyphs(TRAIN, 1)
  const rng = random(2)
  const wrong = new Set(rng.choice(TRAIN, Math.round(((values.wrong as number) / 100) * TRAIN)))
  const labels = truth.map((label, i) => (wrong.has(i) ? (label + rng.integer(1, 4)) % 4 : label))
  const task = cleaningTask({ inputs, labels }, drawGlyphs(CLEAN, 3), { classes: 4, batchSize: 30 })
  let state = task.start
  const curve = { x: [] as number[], right: [] as number[], wrong: [] as number[] }
  for (let frame = 1; frame <= FRAMES; frame++) {
    const options = { ...task.options, tolerance: 0, maxIterations: PER_FRAME, history: false }
    const answer = boRep(task.problem, state, options)
    state = answer
    const { weights, suspects } = task.rank(answer.x)
    const mean = (chosen: boolean) => {
      const some = weights.filter((_, i) => wrong.has(i) === chosen)
      return some.reduce((sum, value) => sum + value, 0) / Math.max(1, some.length)
    }
    curve.x.push(answer.k)
    curve.right.push(mean(false))
    curve.wrong.push(mean(true))
    const found = suspects.subarray(0, wrong.size).filter((i) => wrong.has(i)).length
    yield {
      figures: [
        thumbnails(inputs, labels, wrong, weights),
        {
          kind: 'line',
          title: 'Mean weight of training images',
          x: { label: 'steps' },
          y: { label: 'weight' },
          series: [
            { label: 'right labels', x: [...curve.x], y: [...curve.right] },
            { label: 'wrong labels', x: [...curve.x], y: [...curve.wrong] },
          ],
        },
      ],
      readout: [
        ['steps', String(answer.k)],
        [`wrong labels among the first ${wrong.size} suspects`, String(found)],
      ],
      progress: frame / FRAMES,
    }
  }
}

const demo: Demo = {
  title: 'Down a steep wall, and out with wrong labels',
  intro:
    'In the valley, move the start up the wall: steps of fixed length arrive, momentum explodes or crawls, whatever its step. In the images, some labels are wrong; they fade.',
  controls: [
    { kind: 'choice', name: 'view', label: 'show', options: ['valley', 'images'], value: 'valley' },
    { kind: 'range', name: 'start', label: 'start, up the wall', min: 2, max: 20, step: 0.5, value: 10 },
    { kind: 'range', name: 'eta', label: 'length of a step of BO-REP', min: 0.01, max: 0.5, log: true, value: 0.1 },
    { kind: 'range', name: 'momentum', label: 'step of momentum', min: 1e-6, max: 0.5, log: true, value: 0.02 },
    { kind: 'range', name: 'period', label: 'y is updated every ... steps', min: 1, max: 20, step: 1, value: 5 },
    { kind: 'range', name: 'wrong', label: 'wrong labels of images, %', min: 0, max: 50, step: 5, value: 30 },
  ],
  run: (values) => (values.view === 'images' ? digits(values) : valley(values)),
  code: ({ view, eta, period }) =>
    view === 'images'
      ? `import { boRep, cleaningTask } from '@opt/bo-rep'

import { random } from '@opt/core'

// Your rows and labels, and a few that can be trusted
const rng = random(1)
const draw = (n) => {
  const labels = Array.from({ length: n }, (_, i) => i % 2)
  return { labels, inputs: labels.map((label) => [rng.normal(3 * label), rng.normal(label)]) }
}
const [training, clean] = [draw(60), draw(30)]
for (const i of [5, 17]) training.labels[i] = 1 - training.labels[i]
const { problem, start, options, rank } = cleaningTask(training, clean)
const answer = boRep(problem, start, options)
console.log(rank(answer.x).suspects.slice(0, 5).join(' '))
`
      : `import { boRep } from '@opt/bo-rep'

import { quadraticBilevel } from '@opt/bilevel'

// Or your own: { upper: { value, gradient }, lower: { value, gradient, hvp } }
const problem = quadraticBilevel({ A: [[2]], B: [[1]], b: [0.5], t: [1], rho: 0.1 })
const answer = boRep(problem, { x: [0], y: [0] }, {
  eta: ${eta},
  period: ${period},
  gamma: ${GAMMA},
  nu: 0.3,
  maxIterations: ${FRAMES * PER_FRAME},
})
console.log(answer.x.join(' '))
`,
}
export default demo
