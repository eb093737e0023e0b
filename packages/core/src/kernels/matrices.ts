import { wasm } from '../matrices-wasm.ts'
import { type Floats, type MatrixView, rowMajor, sized } from './matrix-view.ts'
import { gemm32 as plainGemm32, gemvT32 as plainGemvT32 } from './plain-float32.ts'
import { gemv as plainGemv, gemvT as plainGemvT, spmv } from './plain-matrices.ts'
import {
  gemm as plainGemm,
  potrf as plainPotrf,
  syrk as plainSyrk,
  trsm as plainTrsm,
  trsmT as plainTrsmT,
  trsv as plainTrsv,
  trsvT as plainTrsvT,
} from './plain-products.ts'
import { checkWork, gemmWork, solveWork } from './scratch.ts'
import { kernel, kernelSet } from './set.ts'
import { isSingle } from './vectors.ts'

const rowStride = ({ stride, transposed }: MatrixView<Floats>) => (transposed ? 1 : stride)
const columnStride = ({ stride, transposed }: MatrixView<Floats>) => (transposed ? stride : 1)

/** Writes y = A x; each y_i has the bits of dot(row i, x). */
export const gemv = /* @__PURE__ */ kernel(
  { gemv: plainGemv },
  ({ gemv }) =>
    (A: MatrixView, x: Float64Array, y: Float64Array): void => {
      rowMajor(A, 'gemv: A')
      gemv(A.rows, A.columns, A.data, A.stride, x, y)
    },
)

/** y += A'x: rows are added one after the other. */
export const gemvT = /* @__PURE__ */ kernel(
  { gemvT: plainGemvT, gemvT32: plainGemvT32 },
  ({ gemvT, gemvT32 }) =>
    <F extends Floats>(A: MatrixView<F>, x: F, y: F): void => {
      rowMajor(A, 'gemvT: A')
      const multiply = (isSingle(x) ? gemvT32 : gemvT) as (m: number, n: number, A: F, lda: number, x: F, y: F) => void
      multiply(A.rows, A.columns, A.data, A.stride, x, y)
    },
)

/**
 * C += alpha A B. Each entry: sums of (alpha a) b in order over blocks of 256 of the inner dimension, each block's sum added to C.
 * `work` holds {@link gemmScratch}(m, n, k) numbers, A being m x k, B k x n.
 */
export const gemm = /* @__PURE__ */ kernel(
  { gemm: plainGemm, gemm32: plainGemm32 },
  ({ gemm, gemm32 }) =>
    <F extends Floats>(alpha: number, A: MatrixView<F>, B: MatrixView<F>, C: MatrixView<F>, work: F): void => {
      const k = A.columns
      rowMajor(C, 'gemm: C')
      sized(B, k, C.columns, 'gemm: B')
      sized(A, C.rows, k, 'gemm: A')
      checkWork('gemm', work, gemmWork(C.rows, C.columns, k))
      const multiply = (isSingle(work) ? gemm32 : gemm) as (...args: (number | F)[]) => void
      // biome-ignore format: A, B and C, one a line
      multiply(
        C.rows, C.columns, k, alpha,
        A.data, rowStride(A), columnStride(A),
        B.data, rowStride(B), columnStride(B),
        C.data, C.stride, work,
      )
    },
)

/** Lower triangle of C += alpha A A'; entries as in gemm, above the diagonal nothing is touched. `work`: gemmScratch(n, n, k). */
export const syrk = /* @__PURE__ */ kernel(
  { syrk: plainSyrk },
  ({ syrk }) =>
    (alpha: number, A: MatrixView, C: MatrixView, work: Float64Array): void => {
      rowMajor(C, 'syrk: C')
      sized(C, A.rows, A.rows, 'syrk: C')
      checkWork('syrk', work, gemmWork(A.rows, A.rows, A.columns))
      syrk(A.rows, A.columns, alpha, A.data, rowStride(A), columnStride(A), C.data, C.stride, work)
    },
)

/**
 * Cholesky factorisation A = L L' in place, in the lower triangle; above the diagonal nothing is read or written.
 * Right-looking in blocks of 64 columns: within a block dot-ordered sums, the rest by syrk. `work`: {@link solveScratch}(n, n).
 *
 * @returns 0, or i + 1 when pivot i is not a positive finite number: A is then overwritten in part.
 */
export const potrf = /* @__PURE__ */ kernel(
  { potrf: plainPotrf },
  ({ potrf }) =>
    (A: MatrixView, work: Float64Array): number => {
      rowMajor(A, 'potrf: A')
      sized(A, A.rows, A.rows, 'potrf: A')
      checkWork('potrf', work, solveWork(A.rows, A.rows))
      return potrf(A.rows, A.data, A.stride, work)
    },
)

/** x = L^-1 x, L lower triangular: x_i = (x_i - dot(row i, x)) / L_ii. */
export const trsv = /* @__PURE__ */ kernel(
  { trsv: plainTrsv },
  ({ trsv }) =>
    (L: MatrixView, x: Float64Array): void => {
      rowMajor(L, 'trsv: L')
      trsv(L.rows, L.data, L.stride, x)
    },
)

/** x = L^-T x: from the last row on, each solved x_i is subtracted from the earlier entries. */
export const trsvT = /* @__PURE__ */ kernel(
  { trsvT: plainTrsvT },
  ({ trsvT }) =>
    (L: MatrixView, x: Float64Array): void => {
      rowMajor(L, 'trsvT: L')
      trsvT(L.rows, L.data, L.stride, x)
    },
)

type Solve = (
  n: number,
  columns: number,
  L: Float64Array,
  ldl: number,
  B: Float64Array,
  ldb: number,
  work: Float64Array,
) => void

function solve(name: string, loop: Solve) {
  return (L: MatrixView, B: MatrixView, work: Float64Array): void => {
    rowMajor(L, `${name}: L`)
    rowMajor(B, `${name}: B`)
    sized(L, B.rows, B.rows, `${name}: L`)
    checkWork(name, work, solveWork(B.rows, B.columns))
    loop(B.rows, B.columns, L.data, L.stride, B.data, B.stride, work)
  }
}

/**
 * B = L^-1 B. In blocks of 64 rows; row i is ((-b_i + L_i0 b_0) + L_i1 b_1 + ...) / -L_ii within its block, the rows below by gemm.
 * `work`: {@link solveScratch}(n, columns).
 */
export const trsm = /* @__PURE__ */ kernel({ trsm: plainTrsm }, ({ trsm }) => solve('trsm', trsm))

/**
 * B = L^-T B. In blocks of 64 rows from the last; each solved row is subtracted from those above it, the rows above the block by
 * gemm. `work` as trsm.
 */
export const trsmT = /* @__PURE__ */ kernel({ trsmT: plainTrsmT }, ({ trsmT }) => solve('trsmT', trsmT))

/** Writes y = A x for a CSR matrix of m rows: entries k in starts[i]..starts[i+1]-1, two sums over even and odd places, then added. */
export { spmv }

/** Products with matrices, Cholesky factors and triangular solves. Arguments must not overlap. */
export const matrixKernels = /* @__PURE__ */ kernelSet(wasm, {
  gemv,
  gemvT,
  gemm,
  syrk,
  potrf,
  trsv,
  trsvT,
  trsm,
  trsmT,
  spmv,
})
