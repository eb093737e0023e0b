import { type ControlValues, cos, type Demo, type Figure, type Frame, random, sin } from '@opt/core'
import { pointSeries } from '@opt/core/experiment'
import {
  bound,
  type ConvexityMap,
  coefficients,
  entropy,
  euclidean,
  indicator,
  type LastIterate,
  lastIterate,
  linearModel,
  noise,
  normBall,
  simplex,
  stepSizes,
  type Term,
} from '@opt/sgd-last-iterate'

const STEPS = 400
const RUNS = 50
const EVERY = 8

/** A domain, its place in the plane, and a least absolute error on it whose minimum, 0, is inside. */
interface Stage {
  map: ConvexityMap
  term: Term | undefined
  start: number[]
  target: number[]
  plane(x: ArrayLike<number>): [number, number]
  outline: [number, number][]
}

const ANGLES = Array.from({ length: 61 }, (_, k) => (Math.PI * k) / 30)

function stageOf(name: string): Stage {
  if (name === 'disc') {
    const outline = ANGLES.map((angle): [number, number] => [cos(angle), sin(angle)])
    return {
      map: euclidean(),
      term: normBall(1),
      start: [-0.8, -0.5],
      target: [0.5, 0.3],
      plane: (x) => [x[0], x[1]],
      outline,
    }
  }
  const plane = (x: ArrayLike<number>): [number, number] => [x[1] + x[2] / 2 - 0.5, (x[2] * Math.sqrt(3)) / 2 - 0.289]
  const side = (from: number, to: number) =>
    Array.from({ length: 20 }, (_, k) => plane([0, 1, 2].map((i) => (i === from ? 1 - k / 20 : i === to ? k / 20 : 0))))
  const isEntropy = name === 'triangle, entropy'
  return {
    map: isEntropy ? entropy() : euclidean(),
    term: isEntropy ? undefined : indicator(simplex({ dimension: 3 })),
    start: [0.9, 0.05, 0.05],
    target: [0.15, 0.25, 0.6],
    plane,
    outline: [...side(0, 1), ...side(1, 2), ...side(2, 0)],
  }
}

interface Run {
  learner: LastIterate
  sum: Float64Array
  half: Float64Array
}

const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length
const short = (value: number) => String(Number(value.toPrecision(3)))

function* run(values: ControlValues): Generator<Frame, void, void> {
  const { map, term, start, target, plane, outline } = stageOf(values.domain as string)
  const d = start.length
  const identity = Array.from({ length: d }, (_, i) => Array.from({ length: d }, (_, j) => (i === j ? d : 0)))
  const problem = linearModel(
    identity,
    target.map((v) => d * v),
    { loss: 'absolute', map },
  )
  const scale = values.noise as number
  const isHeavy = values.tails === 'Pareto, no variance'
  const drawn = isHeavy ? noise.pareto(scale / 2, 1.5) : noise.gaussian(scale)
  const sigma = noise.gaussian(scale).variance(d, map)
  const distance = map.divergence(target, start)
  const known = { L: 0, M: problem.M, sigma, distance }
  const etas = stepSizes[values.steps as 'linear']({ steps: STEPS, ...known })
  const { v } = coefficients({ stepSizes: etas })
  const delta = values.delta as number
  const expected = bound({ ...known, stepSizes: etas })
  const likely = bound({ ...known, sigma: noise.gaussian(scale).subGaussian(d, map), stepSizes: etas, delta })

  const rng = random(1)
  const runs = Array.from({ length: RUNS }, (): Run => {
    return {
      learner: lastIterate({ x0: start, map, term, stepSizes: etas }),
      sum: new Float64Array(d),
      half: new Float64Array(d),
    }
  })
  const z = Float64Array.from(target)
  const [g, xi] = [new Float64Array(d), new Float64Array(d)]
  const gap = (x: Float64Array) => problem.objective(x)
  const curves: Record<string, [number, number][]> = { 'last point': [], average: [], 'half average': [] }
  for (let t = 1; t <= STEPS; t++) {
    for (const [k, { learner, sum, half }] of runs.entries()) {
      const x = learner.point()
      if (k === 0) {
        const kept = t === 1 ? 1 : v[t - 2] / v[t - 1]
        for (let i = 0; i < d; i++) z[i] = (1 - kept) * x[i] + kept * z[i]
      }
      for (let i = 0; i < d; i++) {
        sum[i] += x[i]
        if (t > STEPS / 2) half[i] += x[i]
      }
      problem.subgradient(x, g, t, rng)
      drawn.draw(rng, xi)
      learner.step(g.map((entry, i) => entry + xi[i]))
    }
    if (t % EVERY !== 0) continue
    const late = t - STEPS / 2
    const gaps = runs.map(({ learner }) => gap(learner.point()))
    const averages = runs.map(({ sum }) => sum.map((entry) => entry / t))
    const halves = late > 0 ? runs.map(({ half }) => half.map((entry) => entry / late)) : averages
    const shown = { 'last point': gaps, average: averages.map(gap), 'half average': halves.map(gap) }
    for (const [name, list] of Object.entries(shown)) curves[name].push([t, mean(list)])
    const points = runs.map(({ learner }) => plane(learner.point()))
    const sorted = gaps.slice().sort((a, b) => a - b)
    const quantile = sorted[Math.max(Math.ceil((1 - delta) * RUNS - 1e-9), 1) - 1]
    yield {
      figures: [
        board(outline, points, averages.map(plane), plane(target), values.ghost ? plane(z) : undefined),
        progress(curves, isHeavy ? undefined : expected),
        histogram(gaps, quantile, delta, isHeavy ? undefined : likely),
      ],
      readout: [
        ['step', `${t} of ${STEPS}`],
        ['mean gap of the last points', short(mean(gaps))],
        [`gap that ${short(100 * (1 - delta))} % of the runs stay below`, short(quantile)],
        ['guaranteed in expectation, at the end', isHeavy ? 'no variance, no bound' : short(expected)],
        [`guaranteed with probability ${short(1 - delta)}`, isHeavy ? 'no bound' : short(likely)],
      ],
      progress: t / STEPS,
    }
  }
}

const board = (
  outline: [number, number][],
  points: [number, number][],
  averages: [number, number][],
  target: [number, number],
  ghost: [number, number] | undefined,
): Figure => ({
  kind: 'scatter',
  title: 'Fifty runs',
  caption: ghost
    ? 'The ghost z of the proof, of the first run, starts at the minimiser and ends near the last point.'
    : 'Each dot is a run; its average follows more slowly.',
  x: { label: '' },
  y: { label: '' },
  series: [
    // In the order of the curves, so that last points and averages have one colour in both figures.
    pointSeries('last points', points),
    pointSeries('averages', averages),
    pointSeries('domain', outline),
    pointSeries('minimiser', [target]),
    ...(ghost ? [pointSeries('ghost z', [ghost])] : []),
  ],
})

const progress = (curves: Record<string, [number, number][]>, expected: number | undefined): Figure => ({
  kind: 'line',
  title: 'Mean gap',
  x: { label: 'step' },
  y: { label: 'F(x) - F*', scale: 'log' },
  series: [
    ...Object.entries(curves).map(([label, points]) => pointSeries(label, points)),
    ...(expected === undefined
      ? []
      : [{ label: 'guaranteed at the end', x: [EVERY, STEPS], y: [expected, expected], dashed: true }]),
  ],
})

const histogram = (gaps: number[], quantile: number, delta: number, likely: number | undefined): Figure => ({
  kind: 'histogram',
  title: 'Gaps of the last points',
  caption: `${short(100 * (1 - delta))} % are at most ${short(quantile)}${likely === undefined ? '; without a variance there is no bound' : `; guaranteed at the end is ${short(likely)}`}.`,
  x: { label: 'F(x) - F*' },
  bins: 20,
  series: [{ label: 'runs', values: gaps }],
})

const demo: Demo = {
  title: 'The last point, with a number that bounds its error',
  intro:
    'Fifty runs of noisy gradient steps, each a dot. With linear steps the last points end closer to the minimum than their averages. Choose noise without a variance and see some runs thrown far away.',
  controls: [
    {
      kind: 'choice',
      name: 'domain',
      label: 'domain and map',
      options: ['triangle, entropy', 'triangle, Euclidean', 'disc'],
      value: 'triangle, entropy',
    },
    { kind: 'choice', name: 'steps', label: 'steps', options: ['linear', 'sqrt', 'constant'], value: 'linear' },
    { kind: 'choice', name: 'tails', label: 'noise', options: ['Gaussian', 'Pareto, no variance'], value: 'Gaussian' },
    { kind: 'range', name: 'noise', label: 'size of the noise', min: 0.05, max: 3, step: 0.05, value: 1 },
    { kind: 'range', name: 'delta', label: 'delta', min: 0.01, max: 0.5, step: 0.01, value: 0.1 },
    { kind: 'toggle', name: 'ghost', label: 'show z', value: false },
  ],
  run,
  code({ domain, steps, tails, noise: scale, delta }) {
    const { map, target, start } = stageOf(domain as string)
    const d = start.length
    const term =
      domain === 'disc'
        ? ', term: normBall(1)'
        : map.name === 'entropy'
          ? ''
          : ', term: indicator(simplex({ dimension: 3 }))'
    const drawn = tails === 'Gaussian' ? `noise.gaussian(${scale})` : `noise.pareto(${(scale as number) / 2}, 1.5)`
    const identity = Array.from(
      { length: d },
      (_, i) => `[${Array.from({ length: d }, (_, j) => (i === j ? d : 0)).join(', ')}]`,
    )
    return `import { bound, ${map.name}, indicator, linearModel, noise, normBall, quantiles, simplex, stepSizes } from '@opt/sgd-last-iterate'

const map = ${map.name}()
const problem = linearModel([${identity.join(', ')}], [${target.map((v) => Number((d * v).toFixed(6))).join(', ')}], { loss: 'absolute', map })
const [x0, target] = [[${start.join(', ')}], [${target.join(', ')}]]
const sigma = noise.gaussian(${scale}).variance(${d}, map)
const known = { L: 0, M: problem.M, sigma, distance: map.divergence(target, x0) }
const steps = stepSizes.${steps}({ steps: ${STEPS}, ...known })
const { mean, quantiles: [gap] } = quantiles({ ...problem, map${term}, x0, stepSizes: steps, noise: ${drawn}, minimum: 0, seeds: ${RUNS}, deltas: [${delta}] })
console.log('mean gap', mean, 'at most', bound({ ...known, stepSizes: steps }), 'in expectation; quantile', gap)
`
  },
}
export default demo
