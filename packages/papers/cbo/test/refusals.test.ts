import { box } from '@opt/sets'
import {
  alphaOfSampleSize,
  cbo,
  consensusHopping,
  consensusPoint,
  cooling,
  decay,
  differenceGradient,
  gradientDescent,
  langevin,
  objectives,
  proximalHop,
  smoothedObjective,
  stability,
} from '../src/index.ts'

const f = (x: Float64Array) => x[0] * x[0]
// biome-ignore lint/suspicious/noExplicitAny: wrong on purpose
const wrong = (...values: any[]) => values as any

test.each([
  [() => cbo(wrong(3)[0], [1]), 'cbo: f must be a function or an object with batch(), got 3'],
  [
    () => cbo(f, wrong(undefined)[0]),
    'cbo: start must be a vector, or an object with mean, positions, or lower and upper',
  ],
  [() => cbo(f, wrong({})[0]), 'cbo: start must be a vector, or an object'],
  [() => cbo(f, { mean: 1 }), 'cbo: start.dimension must be given where no bound, mean or deviation is a vector'],
  [() => cbo(f, { mean: [1, NaN] }), 'cbo: start.mean[1] must be a finite number, got NaN'],
  [() => cbo(f, { mean: [1, 2], deviation: -1 }), 'cbo: start.deviation[0] must be a nonnegative number'],
  [() => cbo(f, { mean: [1, 2], dimension: 3 }), 'cbo: start.mean must be of length 3, got length 2'],
  [() => cbo(f, { lower: [0, 1], upper: [1, 1] }), 'cbo: start.lower[1] must be less than start.upper[1] = 1, got 1'],
  [() => cbo(f, { lower: [0, -Infinity], upper: 1 }), 'cbo: start.lower[1] must be a finite number, got -Infinity'],
  [() => cbo(f, { positions: [[1, 2], [3]] }), 'cbo: start.positions[1] must be of length 2'],
  [() => cbo(f, { positions: [[1], [3]] }, { particles: 3 }), 'cbo: particles must be 2, that of the positions, got 3'],
  [() => cbo(f, [1], { particles: 0 }), 'cbo: particles must be an integer between 1 and'],
  [() => cbo(f, [1], wrong({ particels: 3 })[0]), 'did you mean particles?'],
  [() => consensusHopping(f, [1], wrong({ sigma: 3 })[0]), 'consensusHopping: options must be named particles'],
  [() => decay(1, wrong({ ever: 3 })[0]), 'did you mean every?'],
  [() => cbo(f, [1], { dt: 0 }), 'cbo: dt must be a positive number, got 0'],
  [() => cbo(f, [1], { alpha: NaN }), 'cbo: alpha must be a positive number, got NaN'],
  [() => cbo(f, [1], { alpha: () => -1 }), 'cbo: alpha(0) must be a positive number, got -1'],
  [
    () => cbo(f, [1], { alpha: { effectiveSampleSize: 2 } }),
    'cbo: alpha.effectiveSampleSize must be a positive number',
  ],
  [() => cbo(f, [1], { sigma: -1 }), 'cbo: sigma must be a nonnegative number, got -1'],
  [() => cbo(f, [1], { lambda: -1 }), 'cbo: lambda must be a nonnegative number, got -1'],
  [() => cbo(f, [1], { lambda: 300 }), 'cbo: lambda dt must be at most 2, or the drift diverges, got 3'],
  [() => cbo(f, [1], { noise: wrong('white')[0] }), "cbo: noise must be 'anisotropic' or 'isotropic', got \"white\""],
  [() => cbo(f, [1], { update: wrong('half')[0] }), "cbo: update must be 'full' or 'partial'"],
  [() => cbo(f, [1], { batchSize: 0 }), 'cbo: batchSize must be an integer of at least 1'],
  [() => cbo(f, [1], { gradientStrength: 1 }), 'cbo: gradient must be given where gradientStrength is positive'],
  [() => cbo(f, [1, 2], { gradientStrength: 1, gradient: () => [1] }), 'cbo: gradient(x) must be of length 2'],
  [() => cbo(f, [1, 2], { project: () => [1] }), 'cbo: project(x) must be of length 2, got length 1'],
  [() => cbo(f, [1, 2], { project: box({ dimension: 3 }) }), 'cbo: project.dimension must be 2, got 3'],
  [() => cbo(f, [1], { reduction: { every: 0 } }), 'cbo: reduction.every must be an integer of at least 1'],
  [() => cbo(f, [1], { random: wrong({})[0] }), 'cbo: random must be a seed, a Random, or an object with normal()'],
  [() => cbo(f, [1], { random: { normal: () => NaN } }), 'cbo: random.normal() must be a finite number'],
  [
    () => cbo(f, { lower: [0], upper: [1] }, { random: { normal: () => 0 } }),
    'cbo: random must be a seed or a Random for this start',
  ],
  [
    () => cbo(f, [1], { batchSize: 3, random: { normal: () => 0 } }),
    'cbo: random must be able to draw a permutation(n)',
  ],
  [() => cbo(f, [1], { tolerance: -1 }), 'cbo: tolerance must be a nonnegative number'],
  [() => consensusHopping(f, wrong(null)[0]), 'consensusHopping: x0 must be a vector'],
  [() => consensusHopping(f, [1], { width: 0 }), 'consensusHopping: width must be a positive number, got 0'],
  [() => consensusHopping(() => NaN, [1]), 'consensusHopping: f must be below Infinity at some point'],
  [() => proximalHop(f, [1], { tau: 0 }), 'proximalHop: tau must be a positive number, got 0'],
  [() => proximalHop(() => Infinity, [1], { tau: 1 }), 'proximalHop: f must be below Infinity at some point'],
  [() => proximalHop(wrong(async () => 1)[0], [1], { tau: 1 }), 'proximalHop: f must return numbers, not promises'],
  [() => smoothedObjective(f, [1, 2, 3], { alpha: 1, width: 1 }), 'smoothedObjective: mu must be of length 1 or 2'],
  [() => smoothedObjective(() => NaN, [1], { alpha: 1, width: 1 }), 'smoothedObjective: f must be below Infinity'],
  [() => consensusPoint([[1]], [1, 2], 1), 'consensusPoint: values must be of length 1, got length 2'],
  [() => consensusPoint([[1]], wrong(['1'])[0], 1), 'consensusPoint: values[0] must be a number, got "1"'],
  [() => consensusPoint([[1]], [Infinity], 1), 'consensusPoint: values must be below Infinity for at least one'],
  [() => alphaOfSampleSize([], 0.5), 'alphaOfSampleSize: values must be nonempty'],
  [() => alphaOfSampleSize([1, 2], 0), 'alphaOfSampleSize: fraction must be a positive number'],
  [() => gradientDescent(f, [1], { dt: -1 }), 'gradientDescent: dt must be a positive number'],
  [() => langevin(f, [1], { sigma: NaN }), 'langevin: sigma must be a nonnegative number'],
  [() => differenceGradient(() => NaN, [1]), 'differenceGradient: f(x + h e_0) must be a finite number, got NaN'],
  [() => stability(wrong({ lambda: 1, sigma: 1, dt: 1 })[0]), "stability: noise must be 'anisotropic' or 'isotropic'"],
  [() => cooling({ sigma: 1, alpha: 1, every: 0.5 }), 'cooling: every must be an integer'],
  [() => decay(0), 'decay: value must be a positive number, got 0'],
  [() => objectives.rastrigin(-1), 'rastrigin: amplitude must be a nonnegative number, got -1'],
  [() => objectives.canyon().value([1]), 'canyon: x must be of length 2, got length 1'],
  [() => objectives.ackley().value([1, NaN]), 'ackley: x[1] must be a finite number, got NaN'],
  [() => objectives.ackley().value(Float64Array.of(1, NaN)), 'ackley: x[1] must be a finite number, got NaN'],
  [() => objectives.himmelblau().minimizer(3), 'himmelblau.minimizer: dimension must be'],
  [() => objectives.quadratic({ curvature: [1, 2], minimizer: [1] }), 'quadratic: minimizer must be of length 2'],
])('%# is refused by name', (call, text) => {
  let message = ''
  try {
    call()
  } catch (error) {
    message = (error as Error).message
  }
  expect(message).toContain(text)
})
