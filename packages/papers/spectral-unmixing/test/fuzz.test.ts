import { random } from '@opt/core'
import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

const Y = () => [
  [0.9, 0.1, 0.5, 0.7],
  [0.2, 0.8, 0.5, 0.3],
  [0.4, 0.6, 0.5, 0.5],
]
const M = () => [
  [0.9, 0.1],
  [0.2, 0.8],
  [0.4, 0.6],
]
const A = () => [
  [1, 0, 0.5, 0.75],
  [0, 1, 0.5, 0.25],
]
const draws = () => [
  [0.3, 0.8],
  [0.6, 0.1],
]
const search = () => ({ restarts: 2, draws: draws(), random: random(1) })

fuzz(api, {
  unmix: {
    args: () => [
      Y(),
      2,
      {
        loss: 'l21',
        guidance: api.learned(),
        sparsity: 32,
        sumToOne: 500,
        initial: { endmembers: M(), abundances: A() },
        restarts: 2,
        random: random(1),
        negative: 'refuse',
        maxIterations: 12,
        tolerance: 1e-7,
      },
    ],
    open: ['2.guidance'],
    loose: ['2.random', '2.restarts', '2.initial', '2.guidance', '2.guidance.kind', '2.guidance.mu', '2.guidance.hmax'],
  },
  vca: { args: () => [Y(), 2, search()], loose: ['2.random', '2.restarts'], nonFinite: 'the ratio of no noise' },
  whitenedStart: { args: () => [Y(), 2, search()], loose: ['2.random', '2.restarts'] },
  bandNoise: () => [Y()],
  fcls: () => [Y(), M()],
  spectralAngle: {
    args: () => [
      [1, 2, 3],
      [3, 1, 2],
    ],
    nonFinite: 'a spectrum of zeros has no angle',
  },
  matchEndmembers: { args: () => [M(), M(), { bands: [0, 2] }] },
  abundanceError: () => [A(), A(), [1, 0]],
  hoyerSparsity: { args: () => [A()], nonFinite: 'a pixel of zeros has no sparsity' },
  guidanceMap: {
    args: () => [api.learned(), Y(), A()],
    fixed: ['0'],
  },
  constant: () => [0.5],
  learned: () => [{ mu: 20, hmax: 0.9 }],
  hoyer: () => [{ hmax: 0.9 }],
  data: () => [{ rows: 2, columns: 2, hmax: 0.9 }],
  colourMap: () => [A(), { rows: 2, columns: 2, order: 'columns' }],
  scene: {
    args: () => [
      { kind: 'mixed', size: 2, endmembers: 2, bands: 5, snr: 20, badBands: 1, badScale: 0.5, random: random(1) },
    ],
    budgets: ['0.size', '0.endmembers', '0.bands'],
    loose: ['0.random'],
  },
})
