import { digest } from '@opt/testing'
import {
  barronGrowth,
  deepRitz,
  gaussLegendre,
  invariantBall,
  lagrangian,
  sampleNetwork,
  solveGrid,
  solveNeurons,
  solveSparse,
  TrigSum,
} from '../src/index.ts'

const hash = (...values: unknown[]) => digest((say) => values.forEach((value) => say(value as never)))
const f = ([x, y]: number[]) => 20 * x * (1 - x) * (y + 0.5)
const boundary = ['dirichlet', 'neumann'] as const

test('the bits of all answers are the same in every engine', () => {
  const [salt, quartic] = [
    lagrangian('poisson-boltzmann', { screening: 4 }),
    lagrangian('quartic', { gradient: 0.1, reaction: 1 }),
  ]
  const grid = solveGrid({ lagrangian: salt, f, boundary, modes: 7 })
  const flux = solveGrid({
    lagrangian: 'log-cosh',
    f,
    boundary,
    modes: 5,
    flux: ([x]) => x * x,
    lift: { value: ([x]) => x, gradient: () => [1, 0] },
  })
  const sum = new TrigSum(
    ['sin', 'cos', 'sin'],
    [
      [1, 0, 2],
      [2, 1, 1],
    ],
    [3, -1.5],
  )
  const sparse = solveSparse({ lagrangian: quartic, f: sum })
  const neurons = solveNeurons({ lagrangian: 'surface', f, boundary, neurons: { count: 20 }, rule: 10 })
  const cosines = solveNeurons({ lagrangian: salt, f, boundary, neurons: { count: 20, activation: 'cos' }, rule: 10 })
  const trained = deepRitz(
    { lagrangian: quartic, f, boundary, neurons: { count: 6 }, rule: 6 },
    { steps: 30, polish: 10 },
  )
  const drawn = (['cos', 'step', 'relu'] as const).map((activation) =>
    sampleNetwork(sparse.u, 30, { activation, order: 1 }),
  )
  const problem = { lagrangian: salt, boundary, forcingNorm: 0.3 }
  expect([
    hash(grid.state, grid.history, grid.errorBound, grid.picture.values.data),
    hash(flux.state, flux.errorBound, flux.gradient([[0.2, 0.3]]).data),
    hash(sparse.state, sparse.history, sparse.errorBound, sparse.errorEstimate, sparse.standardError),
    hash(neurons.state, neurons.network.outputWeights, neurons.residualNorm, cosines.network.outputWeights),
    hash(trained.network.outputWeights, trained.energy),
    hash(...drawn.map(({ outputWeights, biases, constant, linear }) => ({ outputWeights, biases, constant, linear }))),
    hash(barronGrowth(problem, 0.5, 5), invariantBall(problem), gaussLegendre(31)),
  ]).toEqual([
    '239c54263e9ed0ad',
    '49155404ac51d81e',
    'b4c66bf62aa0e88d',
    '700858dc91af7141',
    'c211b1783c587bf4',
    '90006da5658e67fa',
    'e0aa9e5d88914efe',
  ])
})
