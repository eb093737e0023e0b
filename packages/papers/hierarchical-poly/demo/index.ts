import { type ControlValues, type Demo, type Figure, type Frame, type Image, random } from '@opt/core'
import { HierarchicalRegressor, kernelRidge } from '@opt/hierarchical-poly'

const INPUTS = 8
const SIDE = 41
const CURVES: Record<string, (z: number) => number> = {
  saturation: (z) => (2 * z) / (1 + Math.abs(2 * z)),
  threshold: (z) => Math.max(-0.3, Math.min(1, 2 * z)),
  'z + z^2 / 4': (z) => z + (z * z - 1) / 4,
}

/** The hidden score: a saddle of the first two inputs, turned by an angle, and of the next two. */
function hiddenScore(angle: number) {
  const [c, s] = [Math.cos(angle), Math.sin(angle)]
  return (x: ArrayLike<number>) => {
    const [a, b] = [c * x[0] + s * x[1], c * x[1] - s * x[0]]
    return (a * a - b * b + (x[2] * x[2] - x[3] * x[3]) / 2) / Math.sqrt(5)
  }
}

/** A picture of a function of the first two inputs on [-2.5, 2.5]^2, the others 0: grey is 0. */
function contours(label: string, f: (x: number[][]) => ArrayLike<number>): Image {
  const rows = Array.from({ length: SIDE * SIDE }, (_, k) => {
    const at = (place: number) => -2.5 + (5 * place) / (SIDE - 1)
    return [at(k % SIDE), at(SIDE - 1 - Math.floor(k / SIDE)), ...new Array(INPUTS - 2).fill(0)]
  })
  const values = Array.from(f(rows))
  const peak = values.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-9)
  // Steps make the level lines visible.
  const data = values.map((v) => 127.5 + 127.5 * (Math.round((6 * v) / peak) / 6))
  return { width: SIDE, height: SIDE, channels: 1, label, data }
}

function* run(values: ControlValues): Generator<Frame, void, void> {
  const [n, angle, noise] = [values.n, values.angle, values.noise] as number[]
  const link = CURVES[values.curve as string]
  const rng = random(values.seed as number)
  const score = hiddenScore((angle * Math.PI) / 180)
  const draw = (rows: number) => Array.from({ length: rows }, () => Array.from({ length: INPUTS }, () => rng.normal()))
  const [X, test] = [draw(n), draw(400)]
  const y = X.map((row) => link(score(row)) + noise * rng.normal())
  const truth = test.map((row) => link(score(row)))
  const variance = (at: number[]) => {
    const mean = at.reduce((sum, v) => sum + v, 0) / at.length
    return at.reduce((sum, v) => sum + (v - mean) * (v - mean), 0) / at.length
  }
  const errorOf = (predicted: ArrayLike<number>) =>
    truth.reduce((sum, v, i) => sum + (v - predicted[i]) * (v - predicted[i]), 0) / truth.length / variance(truth)
  const kernel = errorOf(kernelRidge(X, y).predict(test))
  const hidden = contours('hidden score', (rows) => rows.map(score))
  const steps = { 'stage 1': 0, 'stage 2': 0, refine: 12 }[values.stop as string] ?? 12
  const straight = values.stop === 'stage 1'
  for (let step = 0; step <= steps; step++) {
    const model = new HierarchicalRegressor({ refinements: step }).fit(X, y)
    const u = model.scores(X)
    const at = Array.from({ length: 80 }, (_, k) => -3 + (6 * k) / 79)
    // Stage 1 predicts by the score itself: a straight line.
    const slope = u.reduce((sum, v, i) => sum + v * y[i], 0) / u.reduce((sum, v) => sum + v * v, 0)
    const curve = straight ? at.map((v) => slope * v) : model.link(at)
    const predicted = straight ? model.scores(test).map((v) => slope * v) : model.predict(test)
    const { scoreR2Loo, r2Loo } = model.report
    const figures: Figure[] = [
      {
        kind: 'images',
        title: 'Level lines in the first two of eight inputs',
        images: [hidden, contours('learned score', (rows) => model.scores(rows))],
      },
      {
        kind: 'scatter',
        title: 'The response against the learned score',
        caption: 'The better the score, the closer the cloud lies to one curve.',
        x: { label: 'score' },
        y: { label: 'response' },
        series: [
          { label: 'rows', x: u, y },
          { label: straight ? 'no curve yet' : 'curve', x: at, y: curve },
        ],
      },
      {
        kind: 'bar',
        title: 'Error on other rows, share of the variance',
        x: { label: '' },
        y: { label: 'error' },
        series: [{ label: 'error', x: ['this', 'kernel ridge'], y: [errorOf(predicted), kernel] }],
      },
    ]
    yield {
      figures,
      readout: [
        ['step', straight ? 'the score alone' : step === 0 ? 'score and curve' : `refinement ${step}`],
        ['error', errorOf(predicted).toFixed(3)],
        ['kernel ridge', kernel.toFixed(3)],
        ['leave-one-out R^2', (straight ? scoreR2Loo : (r2Loo.at(-1) ?? 0)).toFixed(3)],
      ],
      progress: steps === 0 ? 1 : step / steps,
    }
  }
}

const demo: Demo = {
  title: 'First the score, then the curve',
  intro:
    'The response is a curve of a hidden quadratic of eight inputs. Turn the quadratic, take fewer rows, and watch the cloud collapse onto one curve.',
  controls: [
    { kind: 'choice', name: 'stop', label: 'how far', options: ['stage 1', 'stage 2', 'refine'], value: 'refine' },
    { kind: 'range', name: 'angle', label: 'angle of the hidden score', min: 0, max: 180, step: 5, value: 30 },
    { kind: 'range', name: 'n', label: 'rows', min: 60, max: 600, step: 20, value: 200 },
    { kind: 'choice', name: 'curve', label: 'curve', options: Object.keys(CURVES), value: 'saturation' },
    { kind: 'range', name: 'noise', label: 'noise', min: 0, max: 0.5, step: 0.05, value: 0.05 },
    { kind: 'range', name: 'seed', label: 'seed', min: 0, max: 9, step: 1, value: 0 },
  ],
  run,
  code: ({ n, noise }) => `import { random } from '@opt/core'
import { HierarchicalRegressor } from '@opt/hierarchical-poly'

const rng = random(0)
const X = Array.from({ length: ${n} }, () => Array.from({ length: 8 }, () => rng.normal()))
const y = X.map(([a, b]) => Math.tanh(a * b) + ${noise} * rng.normal())

const model = new HierarchicalRegressor({ degrees: [2] }).fit(X, y)
const { matrix } = model.quadratic()
console.log('coefficient of x0 x1', (2 * matrix.get(0, 1)).toFixed(2))
console.log('leave-one-out R^2', model.report.r2Loo.map((v) => v.toFixed(2)).join(' '))
`,
}
export default demo
