import { type ControlValues, type Demo, type Figure, type Frame, random } from '@opt/core'
import { gapAndResidual, lvHba, weightedSvm } from '@opt/lv-hba'

const FRAMES = 60
const PER_FRAME = 25
const PARAMETERS = { alpha: 0.2, beta: 0.5, eta: 0.2, gamma1: 10, gamma2: 1, bound: 100 }

interface Points {
  inputs: number[][]
  labels: number[]
}

/** Two clouds in the plane. */
function clouds(count: number, seed: number): Points {
  const rng = random(seed)
  const labels = Array.from({ length: count }, (_, i) => (i % 2 === 0 ? 1 : -1))
  return { labels, inputs: labels.map((label) => [0.7 * label + rng.normal(0, 0.5), 0.5 * label + rng.normal(0, 0.5)]) }
}

/** The line w'z + b = 0 within the drawn square, as dots. */
function line(y: Float64Array): { x: number[]; y: number[] } {
  const [a, b, c] = y
  const flat = Math.abs(a) < Math.abs(b)
  const along = Array.from({ length: 81 }, (_, k) => -2 + k / 20)
  const across = along.map((t) => (flat ? -(c + a * t) / b : -(c + b * t) / a))
  return flat ? { x: along, y: across } : { x: across, y: along }
}

function picture(
  { inputs, labels }: Points,
  wrong: Set<number>,
  weights: Float64Array,
  y: Float64Array,
  y0: Float64Array,
): Figure {
  // Points of less weight are drawn in the series of faded points.
  const cloud = (label: string, chosen: (i: number) => boolean) => {
    const indices = labels.map((_, i) => i).filter(chosen)
    return { label, x: indices.map((i) => inputs[i][0]), y: indices.map((i) => inputs[i][1]) }
  }
  const faded = (i: number) => weights[i] < 0.5
  return {
    kind: 'scatter',
    title: 'Training points, and the separating line',
    caption: 'Points that lose half of their weight are faded. Most of them carry the wrong label.',
    x: { label: 'first feature' },
    y: { label: 'second feature' },
    series: [
      cloud('label 1', (i) => labels[i] > 0 && !faded(i)),
      cloud('label -1', (i) => labels[i] < 0 && !faded(i)),
      cloud('faded, label was wrong', (i) => faded(i) && wrong.has(i)),
      cloud('faded, label was right', (i) => faded(i) && !wrong.has(i)),
      { label: 'line now', ...line(y) },
      { label: 'line of equal weights', ...line(y0) },
    ],
  }
}

function* run(values: ControlValues): Generator<Frame, void, void> {
  const count = values.points as number
  const truth = clouds(count, values.seed as number)
  const wrong = new Set(random(99).choice(count, Math.round(((values.wrong as number) / 100) * count)))
  const training = { ...truth, labels: truth.labels.map((label, i) => (wrong.has(i) ? -label : label)) }
  const problem = weightedSvm(training, clouds(40, (values.seed as number) + 1000))
  const penalty = { c: values.c as number, p: 0.3 }
  let state: Parameters<typeof lvHba>[1] = {
    x: new Float64Array(count),
    y: problem.solveLower(new Float64Array(count)).y,
  }
  const y0 = state.y as Float64Array
  const start = problem.hyperobjective(state.x).value
  const curves = { steps: [] as number[], phi: [] as number[], gap: [] as number[], residual: [] as number[] }
  for (let frame = 1; frame <= FRAMES; frame++) {
    const answer = lvHba(problem, state, {
      ...PARAMETERS,
      penalty,
      tolerance: 0,
      maxIterations: PER_FRAME,
      history: false,
    })
    state = answer
    const weights = problem.weights(answer.x)
    const { gap, residual } = gapAndResidual(problem, answer, answer.penalty, { ...PARAMETERS, tolerance: 1e-6 })
    const phi = problem.hyperobjective(answer.x).value
    curves.steps.push(answer.k)
    curves.phi.push(phi)
    curves.gap.push(Math.max(gap, 1e-12))
    curves.residual.push(residual)
    const found = [...wrong].filter((i) => weights[i] < 0.5).length
    const curve = (label: string, y: number[]) => ({ label, x: [...curves.steps], y: [...y] })
    yield {
      figures: [
        picture(training, wrong, weights, answer.y, y0),
        {
          kind: 'line',
          title: 'Validation loss, gap and residual',
          x: { label: 'steps' },
          y: { label: 'value', scale: 'log' },
          series: [
            curve('validation loss Phi(x)', curves.phi),
            curve('gap f - v', curves.gap),
            curve('residual', curves.residual),
          ],
        },
      ],
      readout: [
        ['steps', String(answer.k)],
        ['validation loss', `${start.toFixed(3)} to ${phi.toFixed(3)}`],
        ['wrong labels faded', `${found} of ${wrong.size}`],
        ['right labels faded', String(weights.filter((weight, i) => weight < 0.5 && !wrong.has(i)).length)],
      ],
      progress: frame / FRAMES,
    }
  }
}

const demo: Demo = {
  title: 'A classifier that learns whom to trust',
  intro:
    'Some training points carry the wrong label. A few clean points judge the line, and the weights of the points that mislead it fall. Raise the share of wrong labels, and watch them fade.',
  controls: [
    { kind: 'range', name: 'wrong', label: 'wrong labels, %', min: 0, max: 40, step: 5, value: 25 },
    { kind: 'range', name: 'points', label: 'training points', min: 20, max: 120, step: 10, value: 60 },
    { kind: 'range', name: 'c', label: 'penalty c', min: 0.002, max: 0.2, log: true, value: 0.02 },
    { kind: 'range', name: 'seed', label: 'seed', min: 0, max: 20, step: 1, value: 0 },
  ],
  run,
  code: ({ c }) => `import { lvHba, weightedSvm } from '@opt/lv-hba'
import { random } from '@opt/core'

// Your rows of features and labels, 1 or -1
const rng = random(1)
const draw = (n) => {
  const labels = Array.from({ length: n }, (_, i) => (i % 2 ? 1 : -1))
  return { labels, inputs: labels.map((label) => [rng.normal(label), rng.normal(label)]) }
}
const [training, validation] = [draw(40), draw(40)]
training.labels[3] = -training.labels[3]
const problem = weightedSvm(training, validation)
const x = new Float64Array(training.labels.length)
const start = { x, y: problem.solveLower(x).y }
const answer = lvHba(problem, start, {
  alpha: 0.2,
  penalty: { c: ${c}, p: 0.3 },
  bound: 100,
  maxIterations: ${FRAMES * PER_FRAME},
})
console.log(Array.from(problem.weights(answer.x), (w) => w.toFixed(2)).join(' '))
`,
}
export default demo
