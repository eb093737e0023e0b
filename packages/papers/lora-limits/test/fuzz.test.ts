import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'
import { drawn } from './shared.ts'

const adapter = (seed: number) => ({ A: drawn(2, 3, 0.5, seed), B: drawn(4, 2, 0.2, seed + 1) })
const weights = () => ({ Q: drawn(4, 3, 0.3, 1), K: drawn(4, 3, 0.3, 2), V: drawn(4, 3, 0.5, 3) })
const head = () => ({ weights: weights(), adapters: { Q: adapter(4), V: adapter(6) }, alpha: 2, beta: 0.5 })
const tokens = () => ({ query: drawn(6, 4, 1, 8), key: drawn(5, 4, 1, 9), value: drawn(5, 4, 1, 10) })
const target = () => ({ ...tokens(), target: drawn(6, 3, 1, 11) })
const upstream = () => ({
  ...tokens(),
  upstream: ({ data, shape: [rows, columns] }: { data: Float64Array; shape: number[] }) =>
    Array.from({ length: rows }, (_, j) => Array.from(data.subarray(j * columns, (j + 1) * columns))),
})
const nonFinite = "out of range: NaN, with the status 'diverged', or a bound that overflows"
const watch = () => ({ onProgress: () => {}, signal: new AbortController().signal, timeBudget: 1e6 })

fuzz(
  api,
  {
    loraGradients: {
      args: () => [
        head(),
        upstream(),
        { method: 'auto', samples: 3, tolerance: 0.5, level: 0, inputGradients: true, random: 1, ...watch() },
      ],
      open: ['0', '1', '0.adapters.Q', '0.adapters.V'],
      budgets: ['2.samples'],
      nonFinite,
    },
    sampledGradients: {
      args: () => [head(), target(), { samples: 3, random: 2 }],
      open: ['0', '1'],
      budgets: ['2.samples'],
      nonFinite,
    },
    attentionRows: {
      args: () => [head(), tokens(), [0, 2, 3], { degree: 2, polynomial: 'taylor' }],
      open: ['0', '1'],
      budgets: ['3.degree'],
      nonFinite,
    },
    normCondition: { args: () => [head(), tokens(), { tolerance: 0.1 }], open: ['0', '1'], nonFinite },
    plan: {
      args: () => [head(), 1000, { tolerance: 0.1, tokens: drawn(6, 4, 1, 12), keyTokens: drawn(5, 4, 1, 13) }],
      open: ['0'],
      nonFinite,
    },
    expPolynomial: { args: () => [{ kind: 'minimax', range: 1.5, degree: 3 }], budgets: ['0.degree'] },
    monomials: { args: () => [3, 2], budgets: ['0', '1'] },
    LoraHead: {
      args: () => [
        { weights: weights(), alpha: 2, beta: 0.5 },
        { rank: 2, adapt: ['Q', 'V'], random: 3 },
      ],
      open: ['0'],
      says: ['loraGradients'],
      methods: {
        forward: { args: () => [tokens()], open: ['0'], nonFinite },
        gradients: {
          args: () => [
            target(),
            { method: 'reverse', degree: 1, samples: 2, tolerance: 0.5, lipschitz: 1, ...watch() },
          ],
          open: ['0'],
          budgets: ['1.samples', '1.degree'],
          nonFinite,
        },
        flatten: { args: () => [{ Q: adapter(4), V: adapter(6) }], open: ['0'], nonFinite },
        merge: () => [],
        state: () => [],
        load: {
          args: () => [new api.LoraHead({ weights: weights() }, { rank: 2, adapt: ['Q', 'V'] }).state()],
          open: ['0'],
          says: ['Random'],
        },
      },
    },
  },
  { calls: 1600 },
)

fuzz(
  { exact: api.loraGradients, certified: api.loraGradients, polynomial: api.loraGradients },
  {
    exact: {
      args: () => [head(), { ...target(), mask: undefined }, { method: 'exact', maxIterations: 5 }],
      open: ['0', '1'],
      says: ['loraGradients'],
      nonFinite,
    },
    certified: {
      args: () => [
        head(),
        target(),
        { method: 'chained', degree: 2, polynomial: 'taylor', certify: true, lipschitz: 1 },
      ],
      open: ['0', '1'],
      says: ['loraGradients'],
      budgets: ['2.degree'],
      nonFinite,
    },
    polynomial: {
      args: () => [
        head(),
        target(),
        { method: 'reverse', polynomial: { coefficients: [1, 1, 0.5] }, rows: [0, 3], tolerance: 10 },
      ],
      open: ['0', '1', '2.polynomial'],
      says: ['loraGradients'],
      nonFinite,
    },
  },
  { calls: 600 },
)
