import * as core from '@opt/core'
import { golden, kernelTests } from '@opt/testing'
import { checkSameBits } from '@opt/testing/kernels'
import { rowKernels } from '../src/kernels/kernels.ts'
import * as calls from './kernel-calls.ts'

/** `node scripts/checks/same-bits.mjs --write perceptron-gd` in the root writes the digests. */
kernelTests(core, calls, golden(import.meta.url, 'digests.json'))

test('every size gives the same bits in WebAssembly and in plain JavaScript', () => {
  const rng = core.random(11)
  const numbers = (n: number) => Float64Array.from({ length: n }, () => (rng.uniform() < 0.1 ? 0 : rng.uniform(-1, 1)))
  const settings = [
    [1, 0.5, 0],
    [1e4, 0.5, 0],
    [Infinity, 0.5, 0],
    [Infinity, 1, 0],
    [40, 0.5, 350],
  ]
  for (let k = 0; k < 300; k++) {
    const [m, n] = [rng.integer(0, 11), rng.integer(1, 20)]
    const [Z, w, margins, direction, totals] = [m * n, n, m, n, 6].map(numbers)
    checkSameBits(core, rowKernels, 'weigh', [m, n, Z, n, w, ...settings[k % 5], margins, direction, totals])
    checkSameBits(core, rowKernels, 'correct', [m, n, Z, n, w])
    const columns: number[] = []
    const starts = [0]
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) if (rng.uniform() < 0.3) columns.push(j)
      starts.push(columns.length)
    }
    const sparse = [m, Int32Array.from(starts), Int32Array.from(columns), numbers(columns.length), w]
    checkSameBits(core, rowKernels, 'weighSparse', [...sparse, ...settings[k % 5], margins, direction, totals])
    checkSameBits(core, rowKernels, 'correctSparse', sparse)
  }
})

test('the loss is that of the formula, with relative accuracy', () => {
  const { kernels, margins } = core.allocate([rowKernels], (views) => ({ margins: views.f64(1001) }))
  const rng = core.random(3)
  for (const [low, high, scale] of [
    [-1, 1, 1],
    [-1, 1, 1e4],
    [20, 30, 2],
    [0.001, 300, 1],
  ]) {
    margins.forEach((_, i) => (margins[i] = rng.uniform(low, high)))
    const want = margins.reduce((sum, m) => sum + core.softplus(-scale * m), 0)
    expect(Math.abs(kernels.logisticLoss(1001, margins, scale) / want - 1)).toBeLessThan(1e-12)
  }
})
