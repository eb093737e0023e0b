import * as core from '@opt/core'
import { random } from '@opt/core'
import { golden, kernelTests } from '@opt/testing'
import { checkSameBits } from '@opt/testing/kernels'
import { clippingKernels } from '../src/clipping/kernels.ts'
import { productKernels } from '../src/operator/kernels.ts'
import * as calls from './kernel-calls.ts'

kernelTests(core, calls, golden(import.meta.url, 'digests.json'))

test('every size gives the same bits in WebAssembly and in plain JavaScript', () => {
  const rng = random(12)
  for (let round = 0; round < 60; round++) {
    const [m, p, q] = [rng.integer(1, 6), rng.integer(1, 9), rng.integer(1, 70)]
    const places: number[] = []
    let count = 0
    for (let i = 0; i < m; i++) {
      const row = Array.from({ length: p }, (_, j) => j).filter(() => rng.uniform() < 0.6)
      places.push(row.length, ...row)
      count += row.length
    }
    const pattern = Int32Array.from(places)
    for (const [suffix, Kind, lanes] of [
      ['', Float64Array, 2],
      ['32', Float32Array, 4],
    ] as const) {
      const numbers = (n: number) => new Kind(n).fill(0).map(() => rng.uniform(-1, 1))
      const same = (
        name: string,
        args: (number | Int32Array | Float64Array | Float32Array)[],
        scratch: unknown[] = [],
      ) => checkSameBits(core, productKernels, name + suffix, args, scratch)
      const work = numbers(8 * lanes * p)
      same('spmm', [m, q, p, pattern, numbers(count), numbers(p * q), numbers(m * q), work], [work])
      same('softmax', [m, q, numbers(m * q), numbers(m), numbers(m * q), numbers(m * q)])
      same('times', [q, numbers(q), numbers(q)])
      same('bend', [q, numbers(q), numbers(q), numbers(q), numbers(q)])
      for (const vectors of [2, 3, 5]) {
        const width = vectors * lanes
        const [units, rows, weights] = [m * p, m * width, p * width]
        const forward = [units, units, weights, weights, rows].map(numbers)
        same('forward', [m, p, vectors, pattern, ...forward])
        const backward = [units, units, rows, rows, weights, weights, weights, units]
        for (const both of [0, 1]) same('backward', [m, p, vectors, pattern, ...backward.map(numbers), both])
      }
    }
  }
})

test('every size of a block gives the same bits in WebAssembly and in plain JavaScript', () => {
  const rng = random(13)
  for (let round = 0; round < 200; round++) {
    const [n, k, m] = [8 * rng.integer(1, 5), rng.integer(1, 10), rng.integer(1, 8)]
    const numbers = (count: number) => Float64Array.from({ length: count }, () => rng.uniform(-1, 1))
    // An example that is not finite, one that is 0, and one whose weight is NaN.
    const rows = (count: number) => {
      const data = numbers(count * n)
      for (let p = 0; p < count; p++) {
        if (round % 3 === 0) data[p * n + 1] = round % 2 ? Infinity : 1e200
        data[p * n + 2] = 0
      }
      return data
    }
    const same = (name: string, args: (number | Float64Array)[]) => checkSameBits(core, clippingKernels, name, args, [])
    const weights = numbers(n)
    if (round % 2) weights[3] = Number.NaN
    same('affine', [n, m, k, numbers(k * m), numbers(m), rows(k), rows(m)])
    same('timesBackward', [n, m, k, numbers(k * m), rows(m), rows(k)])
    same('addSquares', [n, k, m, rows(k), rows(m), round % 2, numbers(n)])
    const [X, Y, D, C] = [rows(k), rows(k), rows(m), rows(m)]
    same('addDifferenceSquares', [n, k, m, X, Y, D, C, round % 2, 0.5, 1e-3, numbers(n)])
    same('addDifferenceSquares', [n, k, m, X, X, D, C, round % 2, 1e-4, 1e-12, numbers(n)])
    same('weigh', [n, k, rows(k), weights, rows(k)])
    same('weighDifference', [n, k, rows(k), rows(k), weights, rows(k)])
    same('outer', [n, k, m, rows(k), rows(m), numbers(k * m)])
    same('rowSums', [n, k, rows(k), numbers(k)])
  }
})
