import type { LinearOperator } from '@opt/core'
import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

const operator = (): LinearOperator =>
  api.symmetric(4, (v, out) => {
    for (let i = 0; i < 4; i++) out[i] = (i + 1) * v[i] + 0.1 * (v[(i + 1) % 4] + v[(i + 3) % 4])
  })
const says = ['symmetric: product', 'operator']
const size = ['0.rows', '0.columns']
const solved = (options: () => object) => ({
  args: () => [operator(), options()],
  says,
  loose: ['1.seed'],
  budgets: [...size, '1.steps', '1.probes', '1.products', '1.points', '1.subspace', '1.count'],
})

fuzz(
  { ...api, found: () => api.spectrum(operator(), { probes: 2, steps: 3 }) },
  {
    symmetric: () => [3, (v: Float64Array) => v],
    symmetricEigen: () => [
      [
        [2, 1],
        [1, 3],
      ],
      { vectors: true },
    ],
    SymmetricEigensolver: { args: () => [2], budgets: ['0'], methods: { solve: () => [[2, 1, 1, 3]] } },
    tridiagonalEigen: () => [[1, 2, 3], [0.5, 0.25], { vectors: true }],
    asymmetry: {
      args: () => [operator(), { pairs: 2, seed: 1 }],
      says,
      loose: ['1.seed'],
      budgets: [...size, '1.pairs'],
    },
    ritzValues: { args: () => [{ alpha: [1, 2, 3], beta: [0.5, 0.25, 0.125] }], open: ['0'] },
    samplingBound: () => [{ size: 5, probes: 2, failure: 0.1 }],
    lanczosGap: () => [{ size: 5, steps: 2, failure: 0.1 }],
    spectrum: {
      ...solved(() => ({
        probes: 2,
        steps: 3,
        seed: 1,
        starts: [
          [1, 2, 3, 4],
          [4, 3, -2, 1],
        ],
      })),
      nonFinite: 'the standard error of one vector',
    },
    found: {
      args: () => [],
      says: ['spectrum.density', 'spectrum.sum', 'spectrum.cumulative', 'spectrum.extremes'],
      methods: {
        density: () => [{ sigma: 0.1, points: 5 }],
        sum: { args: () => [(x: number) => x], nonFinite: 'the standard error of huge numbers' },
        cumulative: () => [2],
        extremes: { args: () => [0.1], nonFinite: 'an interval of which nothing is known' },
        samplingBound: () => [0.1],
      },
    },
    smoothDensity: { args: () => [[1, 2], [0.5, 0.5], { sigma: 0.1, points: 5 }], budgets: ['2.points'] },
    lanczos: solved(() => ({ steps: 3, start: [1, 2, 3, 4], breakdown: 1e-12, seed: 1, maxIterations: 5 })),
    extremeEigen: solved(() => ({
      count: 1,
      which: 'largest',
      subspace: 3,
      start: [1, 2, 3, 4],
      seed: 1,
      tolerance: 1e-8,
      maxIterations: 20,
    })),
    powerIteration: solved(() => ({ start: [1, 2, 3, 4], seed: 1, maxIterations: 20 })),
    hutchinson: solved(() => ({ probes: 4, seed: 1 })),
    hutchPlusPlus: solved(() => ({ products: 6, seed: 1 })),
    diagonal: solved(() => ({ probes: 4, seed: 1 })),
    traceOf: {
      ...solved(() => ({})),
      args: () => [operator(), (x: number) => x, { probes: 2, steps: 3, seed: 1 }],
      loose: ['2.seed'],
      budgets: [...size, '2.probes', '2.steps'],
      nonFinite: 'the standard error of one probe',
    },
    spectralDensity: {
      ...solved(() => ({ probes: 2, steps: 3, seed: 1, sigma: 0.1, points: 5 })),
      nonFinite: 'the standard error of one probe',
    },
  },
)
