// Matrix products beside the ceiling of the device, and the shapes of tiles that they could have.
import { transpose } from '@opt/core'
import { planProduct, shapeFor } from '../dist/kernels/gemm.js'
import { pacer, percent, secondsOf, three, uniform } from './timing.mjs'

/** Up to here the products are compared with float64. */
const CHECKED = 2048
/** What the tiles are tried with: that there is now, and others that fit into 16 KiB and 256 threads. */
const SHAPES = [
  [128, 8, 8, 16],
  [128, 16, 8, 16],
  [128, 8, 16, 16],
  [64, 8, 8, 8],
  [64, 8, 8, 16],
  [64, 8, 4, 16],
  [64, 8, 4, 32],
  [64, 4, 4, 32],
  [32, 4, 4, 16],
  [32, 4, 4, 32],
].map(([tile, rows, columns, depth]) => ({ tile, rows, columns, depth }))

/** Works with n x n matrices A, B and C = 0. */
async function withMatrices(gpu, n, work) {
  const [a, b] = [uniform(n * n), uniform(n * n).reverse()]
  const matrices = [gpu.matrix(n, n, a), gpu.matrix(n, n, b), gpu.matrix(n, n)]
  const answer = await work(...matrices, a, b)
  for (const { data } of matrices) data.free()
  return answer
}

/** Throws if C is not A B up to the rounding of n sums, in the entries of a few rows and columns. */
function checkProduct(C, at, other, n) {
  for (let i = 0; i < n; i += n >> 2)
    for (let j = i; j < n; j += (n >> 3) + 1) {
      let [sum, size] = [0, 0]
      for (let k = 0; k < n; k++) {
        const term = at(i, k) * other(k, j)
        sum += term
        size += Math.abs(term)
      }
      if (!(Math.abs(C[i * n + j] - sum) <= (n + 2) * 2 ** -24 * size)) throw new Error(`wrong entry ${i}, ${j}`)
    }
}

/**
 * Rows of C += A B of n x n matrices: n, which are transposed, milliseconds, GFLOP/s, the share of `peak`; `rates` gets
 * the least GFLOP/s of each n.
 */
export function gemmRows(sizes, peak, least, rates) {
  const paced = pacer()
  const products = {
    'A B': (A, B) => [A, B],
    "A B'": (A, B) => [A, transpose(B)],
    "A' B": (A, B) => [transpose(A), B],
  }
  return sizes.flatMap((n) =>
    Object.entries(products).map(([name, factors]) => ({
      cells: [n, name],
      run: (gpu, left) =>
        paced(n ** 3, left(), () =>
          withMatrices(gpu, n, async (A, B, C, a, b) => {
            const given = factors(A, B)
            if (n <= CHECKED) {
              const read = (x, { transposed }) => (transposed ? (i, j) => x[j * n + i] : (i, j) => x[i * n + j])
              gpu.gemm(1, ...given, C)
              checkProduct(await gpu.read(C.data), read(a, given[0]), read(b, given[1]), n)
            }
            const seconds = await secondsOf(gpu, () => gpu.gemm(1e-3, ...given, C), least)
            const rate = (2 * n ** 3) / seconds
            rates.set(n, Math.min(rates.get(n) ?? Infinity, rate))
            return [three(1000 * seconds), three(rate / 1e9), percent(rate / peak)]
          }),
        ),
    })),
  )
}

/** Rows of A B in tiles of several shapes: n, the shape, milliseconds, GFLOP/s, whether it is the one that gemm takes. */
export function shapeRows(sizes, least) {
  const paced = pacer()
  return sizes.flatMap((n) =>
    SHAPES.filter(({ tile }) => 2 * tile <= n).map((shape) => {
      const { tile, rows, columns, depth } = shape
      const taken = JSON.stringify(shape) === JSON.stringify(shapeFor(n, n))
      return {
        cells: [n, `${tile} x ${tile}`, `${rows} x ${columns}`, depth],
        run: (gpu, left) =>
          paced(n ** 3, left(), () =>
            withMatrices(gpu, n, async (A, B, C) => {
              const { program, numbers, workgroups, parts } = planProduct(1, A, B, C, false, shape)
              if (parts > 1) return ['in parts of k', '', '']
              const multiply = () => gpu.run(program, { A: A.data, B: B.data, C: C.data }, numbers, workgroups)
              multiply()
              const first = n <= CHECKED ? await gpu.read(C.data) : null
              gpu.clear(C.data)
              gpu.gemm(1, A, B, C)
              const wanted = first && (await gpu.read(C.data))
              if (first?.some((value, i) => value !== wanted[i])) throw new Error('other bits than gemm')
              const seconds = await secondsOf(gpu, multiply, least)
              return [three(1000 * seconds), three((2 * n ** 3) / seconds / 1e9), taken ? 'now' : '']
            }),
          ),
      }
    }),
  )
}
