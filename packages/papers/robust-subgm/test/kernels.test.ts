import * as core from '@opt/core'
import { golden, kernelTests } from '@opt/testing'
import { checkSameBits } from '@opt/testing/kernels'
import { subgmKernels } from '../src/kernels/kernels.ts'
import * as calls from './kernel-calls.ts'

// `node scripts/checks/same-bits.mjs --write robust-subgm` in the root writes the digests from Node 20 and checks other engines.
kernelTests(core, calls, golden(import.meta.url, 'digests.json'))

test('every size gives the same bits in WebAssembly and in plain JavaScript', () => {
  const rng = core.random(11)
  const numbers = (n: number) => Float64Array.from({ length: n }, () => (rng.uniform() < 0.1 ? 0 : rng.uniform(-1, 1)))
  for (let k = 0; k < 300; k++) {
    const [m, d, r] = [rng.integer(1, 11), rng.integer(1, 8), rng.integer(1, 8)]
    const n = (d * (d + 1)) / 2
    const squared = k % 2
    const [A, V, X, y, residuals, direction] = [m * n, m * d, n, m, m, n].map(numbers)
    const rest = [X, y, squared, residuals, direction, numbers(4)]
    checkSameBits(core, subgmKernels, 'passDense', [m, n, A, n, ...rest])
    checkSameBits(core, subgmKernels, 'passRankOne', [m, d, V, ...rest, numbers(4 * n)])
    const columns: number[] = []
    const starts = [0]
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) if (rng.uniform() < 0.3) columns.push(j)
      starts.push(columns.length)
    }
    const sparse = [Int32Array.from(starts), Int32Array.from(columns), numbers(columns.length)]
    checkSameBits(core, subgmKernels, 'passSparse', [m, ...sparse, ...rest])
    checkSameBits(core, subgmKernels, 'gram', [d, r, numbers(d * r), X])
    checkSameBits(core, subgmKernels, 'multiply', [d, r, X, numbers(d * r), numbers(d * r), numbers(d)])
  }
})
