import { jest } from '@jest/globals'
import { fuzz } from '@opt/testing'
import { number } from '../src/errors.ts'
import * as experiments from '../src/experiment.ts'
import * as api from '../src/index.ts'
import * as math from '../src/math.ts'

const { random, solver } = api

// 'auto' without a device says so.
jest.spyOn(console, 'warn').mockImplementation(() => {})

const rows = () => [
  [2, 1, 0],
  [1, 3, 0],
]
const square = () => [
  [2, 1],
  [1, 3],
]

const numbersOnly = { skip: 'takes numbers only, as Math does; a check would cost more than the function' }

const matrixOperator = (a: number[][]): api.LinearOperator => ({
  rows: a.length,
  columns: a.length,
  apply: (x, out) => out.set(a.map((row) => api.dot(row, x))),
})

/** x'x / 2. */
const bowl = (x: Float64Array, gradient: Float64Array) => {
  gradient.set(x)
  return api.dot(x, x) / 2
}

const floats = { skip: 'for inner loops: adds up what it is given' }

/** Halves its numbers until they are small. */
const halve = solver(
  'halve',
  function* (x: api.VectorLike, { factor = 0.5 }: { factor?: number }) {
    const y = api.vectorCopy(x, 'x')
    number(factor, 'factor', { nonnegative: true, max: 0.9 })
    for (;;) {
      for (let i = 0; i < y.length; i++) y[i] *= factor
      if (yield { error: Math.max(...y.map(Math.abs)) }) return { y }
    }
  },
  { options: ['factor'] },
)

fuzz(
  { ...api, halve },
  {
    ...Object.fromEntries(['exp', 'log', ...Object.keys(math)].map((name) => [name, numbersOnly])),

    vector: { args: () => [[1, 2, 3], 'vector: x', { length: 3, sign: 'positive' }], fixed: ['1', '2'] },
    vectorCopy: { args: () => [Float64Array.of(1, 2, 3), 'vectorCopy: x', { length: 3 }], fixed: ['1', '2'] },
    matrix: { args: () => [rows(), 'matrix: x', { rows: 2, columns: 3, sign: 'nonnegative' }], fixed: ['1', '2'] },
    matrixCopy: { args: () => [rows(), 'matrixCopy: x', { rows: 2 }], fixed: ['1', '2'] },
    withinData: { skip: 'says whether an ndarray is one' },
    number: { args: () => [3, 'number: x', { integer: true, min: 1, max: 5 }], fixed: ['1', '2'] },
    oneOf: { args: () => ['a', 'oneOf: x', ['a', 'b']], fixed: ['1', '2'] },
    boolean: { args: () => [true, 'boolean: x'], fixed: ['1'] },
    callback: { args: () => [() => 1, 'callback: x'], fixed: ['1'] },
    options: { args: () => [{ a: 1 }, 'options: x'], fixed: ['1', '0.a'] },
    refuse: { skip: 'throws whatever it is given' },
    named: { skip: 'hands on whatever it is given' },
    calling: { skip: 'hands on whatever it is given' },
    ...Object.fromEntries(
      ['classesOf', 'labelsCopy'].map((name) => [
        name,
        { args: () => [[1, 0, 1], `${name}: y`, { length: 3 }], fixed: ['1', '2'], loose: ['0'] },
      ]),
    ),
    permutation: { args: () => [[2, 0, 1], 'permutation: order', 3], fixed: ['1'], budgets: ['2'] },
    printable: { skip: 'makes messages' },
    quoted: { skip: 'makes messages' },
    show: { args: () => [1], loose: ['0'], nonFinite: 'a text' },

    encodeFloats: { skip: 'writes what it is given: the saved states of every package check it' },
    decodeFloats: {
      args: () => [api.encodeFloats(Float64Array.of(1, 2)), Float64Array, 2, 'decodeFloats: text'],
      fixed: ['1', '2', '3'],
    },

    legendreNode: { args: () => [4, 1], budgets: ['0', '1'] },
    assignment: {
      args: () => [rows(), { maximize: true, maxIterations: 9 }],
      nonFinite: 'sums of entries of 1e308 overflow',
    },
    conjugateGradient: {
      args: () => [
        matrixOperator(square()),
        [1, 2],
        { initial: [0.1, 0.2], preconditioner: Float64Array.of(1, 1), tolerance: 1e-9, maxIterations: 20 },
      ],
      loose: ['2.preconditioner'],
      nonFinite: 'products with entries of 1e308 overflow: stalled, residual Infinity',
    },
    ...Object.fromEntries(['allFinite', 'dot', 'norm', 'nrm2', 'sum'].map((name) => [name, floats])),
    lbfgs: {
      args: () => [
        bowl,
        [1, 2],
        { memory: 3, sufficientDecrease: 1e-4, curvature: 0.9, tolerance: 1e-6, maxIterations: 30 },
      ],
      nonFinite: 'squares of 1e308 overflow: refused, or stalled',
      budgets: ['2.memory'],
    },
    halve: {
      args: () => [
        [1, 2],
        {
          factor: 0.5,
          tolerance: 0.1,
          maxIterations: 20,
          history: true,
          timeBudget: 1e6,
          onProgress: () => {},
          stopWhen: () => false,
          signal: new AbortController().signal,
        },
      ],
    },
    solver: { skip: 'halve is one' },
    giveWay: () => [() => false],
    turnIsUp: () => [],
    sharedProgram: { skip: 'keeps programs by name for the rest of the process' },
    wait: { args: () => [1], loose: ['0'], nonFinite: 'what is waited for' },

    randomFrom: { args: () => [3, 'randomFrom: seed'], fixed: ['1'] },
    cryptographicRandom: { skip: 'takes nothing, and never gives the same again' },
    random: { args: () => [1], says: ['Random'], methods: { uniform: () => [0, 1] } },
    Random: {
      args: () => [random(1).state()],
      open: ['0'],
      methods: {
        state: () => [],
        uniform: () => [0, 1],
        normal: () => [0, 1],
        integer: () => [0, 10],
        shuffle: { args: () => [[1, 2, 3]], writes: ['0'], loose: ['0'], nonFinite: 'whatever is shuffled' },
        permutation: { args: () => [3], budgets: ['0'] },
        choice: { args: () => [3, 2, { replace: true, weights: [1, 2, 3] }], budgets: ['0', '1'] },
        split: () => [],
      },
    },

    Batches: {
      args: () => [9, random(1)],
      budgets: ['0'],
      methods: {
        draw: () => [3],
        last: () => [3],
        state: () => [],
        load: {
          args: () => [new api.Batches(9, random(2)).state(), 'Batches.load: state'],
          says: ['Random'],
          loose: ['1'],
        },
      },
    },

    allocate: {
      args: () => [[api.vectorKernels], (views: api.Views) => ({ x: views.f64(3) }), { plain: true, checked: true }],
      nonFinite: 'what the layout answers',
      fixed: ['0.0'],
    },
    ready: { skip: 'compiles the sets it is given' },
    kernel: { skip: 'defines a kernel' },
    kernels: { skip: 'definitions of kernels' },
    kernelSet: { skip: 'takes a module and its twins' },
    scanKernels: { skip: 'kernels look at sizes only' },
    vectorKernels: { skip: 'kernels look at sizes only' },
    matrixKernels: { skip: 'kernels look at sizes only' },
    exponentialKernels: { skip: 'kernels look at sizes only' },
    matrixView: { args: () => [new Float64Array(12), 2, 3, 4], nonFinite: 'views look at no entries' },
    transpose: { skip: 'swaps two sizes' },
    gemmScratch: () => [3, 4, 5],
    solveScratch: () => [3, 4],

    offerBackend: { skip: 'keeps what it is given for the rest of the process' },
    chosenBackend: { args: () => ['auto'], says: ['backend'] },
    fallBack: { args: () => ['why'], loose: ['0'] },
  },
)

fuzz(experiments, {
  ...Object.fromEntries(
    ['mean', 'median', 'standardDeviation', 'meanAndDeviation', 'range'].map((name) => [name, floats]),
  ),
  quantile: floats,
  pointSeries: { skip: 'copies numbers as they are' },
  runExperiment: {
    args: () => [
      async ({ claim, progress }: api.ExperimentContext) => {
        claim({ claim: 'holds', paper: '', ours: '', pass: true })
        await progress(0.5, 'half')
      },
      { scale: 'quick', seed: 3, cores: 2, onProgress: () => {} },
    ],
  },
})
