import { log, random } from '@opt/core'
import { golden, near } from '@opt/testing'
import {
  bound,
  entropy,
  euclidean,
  l1Norm,
  linearModel,
  maxAffine,
  noise,
  type Problem,
  quantiles,
  type StepKind,
  squaredL2Norm,
  stepSizes,
} from '../src/index.ts'

const data = golden(import.meta.url, 'problems.json')
const { runs, tuned } = golden(import.meta.url, 'results.json')

/** The problems of the recorded runs. */
function problemOf(name: string) {
  const { u, Fstar, x1, L, M, D, muF, muH } = data[name]
  const shared = { x0: x1, L, M, distance: D, muF, muH, minimum: Fstar, map: euclidean(), minimiser: u }
  if (name === 'game')
    return { ...shared, ...maxAffine(data.game.C, { map: entropy() }), M, map: entropy(), noise: noise.uniform(0.5) }
  if (name === 'lad')
    return { ...shared, ...linearModel(data.lad.A, data.lad.b, { loss: 'absolute' }), M, L, noise: noise.gaussian(0.1) }
  const model = linearModel(data.lasso.A, data.lasso.b, { loss: 'squared' })
  const squares = { ...shared, ...model, L, M, noise: noise.gaussian(0.3) }
  if (name === 'lasso') return { ...squares, term: l1Norm(0.1) }
  if (name === 'ridge-h') return { ...squares, term: squaredL2Norm(0.2) }
  const subgradient: Problem['subgradient'] = (x, out, t, rng) => {
    model.subgradient(x, out, t, rng)
    for (let i = 0; i < x.length; i++) out[i] += 0.2 * x[i]
    return undefined
  }
  const objective = (x: Float64Array) => model.objective(x) + 0.1 * x.reduce((sum, v) => sum + v * v, 0)
  return { ...squares, subgradient, objective }
}

const problems = Object.fromEntries(Object.keys(data).map((name) => [name, problemOf(name)]))
const sigmaOf = ({ noise: drawn, map, x0 }: (typeof problems)[string]) => drawn.variance(x0.length, map)

function stepsOf(problem: (typeof problems)[string], kind: string, T: number, factor = 1) {
  const { L, M, distance, muF, muH } = problem
  const eta =
    (factor * Math.sqrt(distance / (M * M + sigmaOf(problem) ** 2))) / (kind === 'constant' ? Math.sqrt(log(T)) : 1)
  return stepSizes[kind.replace('strongh', 'strongH') as StepKind]({ steps: T, L, eta, mu: muF + muH } as never)
}

test.each(Object.keys(data))('the recorded minimum and constants of %s are ours', (name) => {
  const { objective, minimiser, minimum, term, distance, map, x0, M, L } = problems[name] as never as ReturnType<
    typeof problemOf
  > & { term?: ReturnType<typeof l1Norm> }
  const x = Float64Array.from(minimiser)
  expect(Math.abs(objective(x) + (term?.value(x) ?? 0) - minimum)).toBeLessThan(1e-7)
  near(map.divergence(x, x0), distance, { absolute: 1e-9, relative: 1e-9 })
  if (name === 'lad')
    near(linearModel(data.lad.A, data.lad.b, { loss: 'absolute' }).M, M, { absolute: 0, relative: 1e-12 })
  if (name === 'game') near(maxAffine(data.game.C, { map }).M, M, { absolute: 0, relative: 1e-12 })
  if (name === 'lasso') {
    const ours = linearModel(data.lasso.A, data.lasso.b, { loss: 'squared' }).L
    expect(ours).toBeGreaterThan(L * (1 - 1e-6))
    expect(ours).toBeLessThan(L * (1 + 3e-6))
  }
})

test('the 28 recorded runs: bounds to ten digits, mean gaps and quantiles by their seeds', () => {
  expect(Object.keys(runs)).toHaveLength(28)
  for (const [key, want] of Object.entries<Record<string, number>>(runs)) {
    const [name, kind, T] = key.split('/')
    const problem = problems[name]
    const etas = stepsOf(problem, kind, Number(T))
    const known = { ...problem, stepSizes: etas }
    const relative = { absolute: 0, relative: 1e-10, label: key }
    near(bound({ ...known, sigma: sigmaOf(problem) }), want.boundExp, relative)
    const subGaussian = problem.noise.subGaussian(problem.x0.length, problem.map)
    for (const delta of ['0.5', '0.1', '0.01'])
      near(bound({ ...known, sigma: subGaussian, delta: Number(delta) }), want[`hp${delta}`], relative)
    if (T !== '100') continue
    const seeds = 30
    const answer = quantiles({ ...problem, stepSizes: etas, seeds, random: random(1), average: true, every: 100 })
    const mean = (values: Float64Array) => values.reduce((sum, v) => sum + v, 0) / seeds
    const ratios = [answer.mean / want.last, mean(answer.averageGaps!) / want.average]
    for (const ratio of ratios) {
      expect(ratio).toBeGreaterThan(0.85)
      expect(ratio).toBeLessThan(1.15)
    }
    expect(answer.gaps.every((gap) => gap < want.boundExp)).toBe(true)
  }
})

test.each(['lad', 'lasso', 'game'])(
  'with the recorded best eta, the last point of %s is at most 0.85 of the half average, 0.45 of the average',
  (name) => {
    const problem = problems[name]
    const least: Record<string, number> = {}
    for (const kind of ['linear', 'sqrt'])
      for (const output of ['last', 'avg', 'half']) {
        const [value, factor] = tuned[`${name}/1000`][`${kind}/${output}`]
        const answer = quantiles({
          ...problem,
          stepSizes: stepsOf(problem, kind, 1000, factor),
          seeds: 20,
          random: random(2),
          average: true,
          every: 1000,
        })
        const gaps = { last: answer.gaps, avg: answer.averageGaps!, half: answer.halfAverageGaps! }[output]!
        const mean = gaps.reduce((sum, v) => sum + v, 0) / 20
        expect(mean / value).toBeGreaterThan(0.8)
        expect(mean / value).toBeLessThan(1.25)
        least[output] = Math.min(least[output] ?? Infinity, mean)
      }
    expect(least.last / least.half).toBeLessThan(0.85)
    expect(least.last / least.avg).toBeLessThan(0.45)
  },
)
