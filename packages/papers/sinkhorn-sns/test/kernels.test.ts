import * as core from '@opt/core'
import { checkSameBits, golden, kernelDigests } from '@opt/testing'
import { planKernels } from '../src/kernels.ts'
import { calls } from './kernel-calls.ts'

// `node scripts/checks/same-bits.mjs --write sinkhorn-sns` in the root writes the digests from Node 20 and checks other engines.
test.each([false, true])('kernels give the bits of all engines, plain: %s', (plain) => {
  expect(kernelDigests(core, planKernels, calls, { plain })).toEqual(golden(import.meta.url, 'digests.json'))
})

test('plans of any width have one form, and one of their kept entries', () => {
  const rng = core.random(3)
  const numbers = (n: number) => Float64Array.from({ length: n }, () => rng.uniform())
  for (let n = 1; n <= 20; n++) {
    const [m, stride] = [3, n + 1]
    const P = numbers(m * stride)
    const check = (name: string, args: Parameters<typeof checkSameBits>[3]) =>
      checkSameBits(core, planKernels, name, args)
    check('histogram', [m, n, P, stride, 0.4, new Int32Array(8192), numbers(8192)])
    const costs = numbers(m * stride)
    check('gibbsAbove', [
      m,
      n,
      costs,
      stride,
      numbers(m),
      numbers(n),
      0.1,
      -3,
      P.slice(),
      stride,
      numbers(m),
      numbers(n),
    ])
    check('squares', [m, n, P, stride, numbers(n), numbers(m)])
    check('squaresT', [m, n, P, stride, numbers(m), numbers(n)])
    const [starts, columns, values] = [new Int32Array(m + 1), new Int32Array(m * n), numbers(m * n)]
    check('keep', [m, n, P, stride, 0.4, starts, columns, values])
    for (let i = 0, k = 0; i < m; starts[++i] = k)
      for (let j = 0; j < n; j++)
        if (P[i * stride + j] >= 0.4) {
          columns[k] = j
          values[k++] = P[i * stride + j]
        }
    check('spmvT', [m, starts, columns, values, numbers(m), numbers(n)])
    check('rescaleKept', [m, starts, columns, values, numbers(m), numbers(n), numbers(m), numbers(n)])
    const marginals = [numbers(m), numbers(n)]
    check('gibbsKept', [m, starts, columns, P, stride, numbers(m), numbers(n), 0.3, values, ...marginals])
  }
})
