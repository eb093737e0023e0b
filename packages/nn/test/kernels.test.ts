import * as core from '@opt/core'
import { random } from '@opt/core'
import { golden, kernelTests } from '@opt/testing'
import { checkSameBits } from '@opt/testing/kernels'
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
