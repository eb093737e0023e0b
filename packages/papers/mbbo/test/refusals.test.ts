import { random } from '@opt/core'
import { Matrix } from 'ml-matrix'
import ndarray from 'ndarray'
import { blockSampler, bsvrb, measure, msvr, msvrGamma, projectSpectrum, quadraticBlocks, soba } from '../src/index.ts'
import { drawQuadratic, zeros } from './problems.ts'

const problem = drawQuadratic(random(1), { m: 3, x: 2, y: 2 })
const start = { x: [1, 2], y: zeros(3, 2) }
type Options = Parameters<typeof bsvrb>[2]

test.each<[object, string]>([
  [{ updatess: 'all' }, 'options must be named'],
  [{ blocksPerStep: 0 }, 'blocksPerStep must be an integer between 1 and 3, got 0'],
  [{ blocksPerStep: 4 }, 'blocksPerStep must be an integer between 1 and 3, got 4'],
  [{ alpha: 0 }, 'alpha must be a positive number, got 0'],
  [{ alpha: 1.5 }, 'alpha must be in (0, 1], got 1.5'],
  [{ beta: -1 }, 'beta must be a positive number, got -1'],
  [{ beta: 2 }, 'beta must be in (0, 1], got 2'],
  [{ tau: 0 }, 'tau must be a positive number, got 0'],
  [{ tauV: -1 }, 'tauV must be a positive number, got -1'],
  [{ eta: 0 }, 'eta must be a positive number, got 0'],
  [{ eta: () => -1 }, 'eta(0) must be a positive number, got -1'],
  [{ radius: 0 }, 'radius must be a positive number, got 0'],
  [{ gamma: 'storm' }, 'gamma must be \'msvr\', got "storm"'],
  [{ gamma: -1 }, 'gamma must be a nonnegative number, got -1'],
  [{ version: 3 }, 'version must be 1 or 2, got 3'],
  [{ version: 1 }, 'eigenvalues must be [mu, L], between which those of the Hessians of g_i are, with version 1'],
  [{ version: 1, eigenvalues: [0, 1] }, 'eigenvalues[0] must be a positive number, got 0'],
  [{ version: 1, eigenvalues: [2, 1] }, 'eigenvalues[1] must be a finite number of at least 2, got 1'],
  [{ updates: 'some' }, "updates must be 'all' or 'sampled'"],
  [{ measureEvery: -1 }, 'measureEvery must be an integer of at least 0'],
  [{ workers: {} }, 'workers.executor must be an executor of @opt/executor'],
  [{ sampler: {} }, 'sampler.blocksPerStep must be'],
  [{ sampler: { blocksPerStep: 9, blocks: () => [0], sample: () => undefined } }, 'sampler.blocksPerStep must be'],
  [{ sampler: blockSampler({ blocks: 3 }), blocksPerStep: 1 }, 'blocksPerStep must be 2, that of the sampler, got 1'],
  [
    { sampler: { blocksPerStep: 2, blocks: () => [1, 1], sample() {} } },
    'sampler.blocks()[1] must be a block that is not',
  ],
  [{ sampler: { blocksPerStep: 2, blocks: () => [1], sample() {} } }, 'sampler.blocks() must be an array of 2 blocks'],
  [{ sampler: { blocksPerStep: 2, blocks: () => [1, 3], sample() {} } }, 'sampler.blocks()[1] must be an integer'],
  [
    { sampler: { blocksPerStep: 1, blocks: () => [1], sample: () => 7 } },
    'sampler.sample(i) must be undefined or an object',
  ],
])('bsvrb refuses %j', (options, message) => {
  expect(() => bsvrb(problem, start, options as Options)).toThrow(`bsvrb: ${message}`)
})

test('problems and starts that do not fit are refused', () => {
  const block = problem.block(0)
  const run =
    (given: unknown, from: unknown = start) =>
    () =>
      bsvrb(given as never, from as never)
  expect(run([])).toThrow('bsvrb: problem must be nonempty')
  expect(run(null)).toThrow(
    'bsvrb: problem must be an array of blocks, or an object with blocks and block(i), got null',
  )
  expect(run({ blocks: 0, block: () => block })).toThrow('bsvrb: problem.blocks must be an integer between 1 and')
  expect(run({ blocks: 3 })).toThrow('bsvrb: problem.block must be a function')
  const { hvp, ...lower } = block.lower
  expect(run([block, block, { upper: block.upper, lower }])).toThrow('bsvrb: problem[2].lower.hvp must be a function')
  expect(run({ blocks: 3, block: () => ({ lower: block.lower }) })).toThrow('bsvrb: problem.block(0).upper must be')
  expect(run(problem, { x: [1, 2], y: zeros(2, 2) })).toThrow('bsvrb: start.y')
  expect(run(problem, { x: [1, 2], y: [[1, 2], [3], [4, 5]] })).toThrow('bsvrb: start.y[1] must be of length 2')
  expect(run(problem, { x: [1, NaN], y: zeros(3, 2) })).toThrow('bsvrb: start.x[1] must be a finite number')
  expect(run(problem, null)).toThrow('bsvrb: start must be')
  expect(() => soba(problem, { ...start, v: zeros(3, 1) })).toThrow('soba: start.v')
  const sizes = [1, 2].map((n) => ({ A: [[2]], B: [Array(n).fill(1)], b: [1], t: [1] }))
  expect(() => quadraticBlocks(sizes)).toThrow('quadraticBlocks: parts[1] must be of 1 and 1 variables')
  expect(() => quadraticBlocks([{ ...sizes[0], rho: 0, B: [[0]] }]).optimum()).toThrow('quadraticBlocks: rho must be')
})

test('other functions refuse by name', () => {
  expect(() => msvr(0, 1)).toThrow('msvr: m must be')
  expect(() => msvr(2, 2, { alpha: 2 })).toThrow('msvr: alpha must be in (0, 1], got 2')
  expect(() => msvr(2, 2).update(2, [1, 2], [1, 2])).toThrow('update: i must be an integer between 0 and 1')
  expect(() => msvr(2, 2).update(0, [1], [1, 2])).toThrow('update: now must be of length 2, got length 1')
  expect(() => msvrGamma(3, 4, 0.5)).toThrow('msvrGamma: I must be an integer between 1 and 3')
  expect(() => projectSpectrum([[1, 2]], 0, 1)).toThrow('projectSpectrum: H must be square')
  expect(() => projectSpectrum([[1]], 2, 1)).toThrow('projectSpectrum: most must be')
  expect(() =>
    projectSpectrum(
      [
        [1e308, 1e308],
        [1e308, 1e308],
      ],
      0,
      1,
    ),
  ).toThrow('projectSpectrum: H must be')
  expect(() => measure(problem, [1, 2], zeros(2, 2))).toThrow('measure: y')
})

test('arrays of any kind are read, and none is changed', () => {
  const x = Object.freeze([1, -2])
  const rows = [
    [1, 2],
    [3, 4],
    [5, 6],
  ]
  const run = (from: object) => bsvrb(problem, from as never, { maxIterations: 9 })
  const expected = run({ x, y: rows.map((row) => Object.freeze(row)) })
  const reversed = ndarray(Float64Array.of(6, 5, 4, 3, 2, 1), [3, 2], [-2, -1], 5)
  const strided = ndarray(Float64Array.of(1, 9, -2, 9), [2], [2], 0)
  for (const given of [
    { x: strided, y: reversed },
    { x: new Matrix([[1], [-2]]), y: new Matrix(rows) },
  ]) {
    const answer = run(given)
    expect(answer.x).toEqual(expected.x)
    expect(answer.y).toEqual(expected.y)
  }
  expect(rows).toEqual([
    [1, 2],
    [3, 4],
    [5, 6],
  ])
})
