import { wasm } from '../matrices-wasm.ts'
import { type Floats, type MatrixView, rowMajor, sized } from './matrix-view.ts'
import { gemvT32 as plainGemvT32 } from './plain/float32.ts'
import { gemv as plainGemv, gemvT as plainGemvT, spmv } from './plain/matrices.ts'
import {
  gemm as plainGemm,
  gemm32 as plainGemm32,
  potrf as plainPotrf,
  syrk as plainSyrk,
  trsm as plainTrsm,
  trsmT as plainTrsmT,
  trsv as plainTrsv,
  trsvT as plainTrsvT,
} from './plain/products.ts'
import { checkWork, gemmWork, solveWork } from './scratch.ts'
import { type KernelDefinition, type KernelSet, kernel, kernelSet } from './set.ts'
import { isSingle } from './vectors.ts'

/**
 * Products with matrices, Cholesky factors and triangular solves. Arguments must not overlap; x and y are
 * long enough.
 */
export interface MatrixKernels {
  /** Writes y = A x; each y_i has the bits of dot(row i, x). */
  gemv(A: MatrixView, x: Float64Array, y: Float64Array): void
  /** y += A'x: rows are added one after the other. */
  gemvT<F extends Floats>(A: MatrixView<F>, x: F, y: F): void
  /**
   * C += alpha A B. Each entry: sums of (alpha a) b in order over blocks of 256 of the inner dimension, each
   * block's sum added to C. `work` holds {@link gemmScratch}(m, n, k) numbers, A being m x k, B k x n.
   */
  gemm<F extends Floats>(alpha: number, A: MatrixView<F>, B: MatrixView<F>, C: MatrixView<F>, work: F): void
  /**
   * Lower triangle of C += alpha A A'; entries as in gemm, above the diagonal nothing is touched. `work`:
   * gemmScratch(n, n, k).
   */
  syrk(alpha: number, A: MatrixView, C: MatrixView, work: Float64Array): void
  /**
   * Cholesky factorisation A = L L' in place, in the lower triangle; above the diagonal nothing is read or
   * written. Right-looking in blocks of 64 columns: within a block dot-ordered sums, the rest by syrk.
   * `work`: {@link solveScratch}(n, n).
   *
   * @returns 0, or i + 1 when pivot i is not a positive finite number: A is then overwritten in part.
   */
  potrf(A: MatrixView, work: Float64Array): number
  /** x = L^-1 x, L lower triangular: x_i = (x_i - dot(row i, x)) / L_ii. */
  trsv(L: MatrixView, x: Float64Array): void
  /** x = L^-T x: from the last row on, each solved x_i is subtracted from the earlier entries. */
  trsvT(L: MatrixView, x: Float64Array): void
  /**
   * B = L^-1 B. In blocks of 64 rows; row i is ((-b_i + L_i0 b_0) + L_i1 b_1 + ...) / -L_ii within its block,
   * the rows below by gemm. `work`: {@link solveScratch}(n, columns).
   */
  trsm(L: MatrixView, B: MatrixView, work: Float64Array): void
  /**
   * B = L^-T B. In blocks of 64 rows from the last; each solved row is subtracted from those above it, the
   * rows above the block by gemm. `work` as trsm.
   */
  trsmT(L: MatrixView, B: MatrixView, work: Float64Array): void
  /**
   * Writes y = A x for a CSR matrix of m rows: entries k in starts[i]..starts[i+1]-1, two sums over even and
   * odd places, then added.
   */
  spmv(m: number, starts: Int32Array, columns: Int32Array, values: Float64Array, x: Float64Array, y: Float64Array): void
}

type Of<Name extends keyof MatrixKernels> = KernelDefinition<MatrixKernels[Name]>

const rowStride = ({ stride, transposed }: MatrixView<Floats>) => (transposed ? 1 : stride)
const columnStride = ({ stride, transposed }: MatrixView<Floats>) => (transposed ? stride : 1)

export const gemv: Of<'gemv'> = /* @__PURE__ */ kernel({ gemv: plainGemv }, ({ gemv }) => (A, x, y) => {
  rowMajor(A, 'gemv: A')
  gemv(A.rows, A.columns, A.data, A.stride, x, y)
})

export const gemvT: Of<'gemvT'> = /* @__PURE__ */ kernel(
  { gemvT: plainGemvT, gemvT32: plainGemvT32 },
  ({ gemvT, gemvT32 }) =>
    (A, x, y) => {
      rowMajor(A, 'gemvT: A')
      const multiply = (isSingle(x) ? gemvT32 : gemvT) as (
        m: number,
        n: number,
        A: Floats,
        lda: number,
        x: Floats,
        y: Floats,
      ) => void
      multiply(A.rows, A.columns, A.data, A.stride, x, y)
    },
)

/** {@link MatrixKernels.gemvT} for modules that hold its float64 loop only. */
export const gemvT64: KernelDefinition<(A: MatrixView, x: Float64Array, y: Float64Array) => void> =
  /* @__PURE__ */ kernel({ gemvT: plainGemvT }, ({ gemvT }) => (A, x, y) => {
    rowMajor(A, 'gemvT: A')
    gemvT(A.rows, A.columns, A.data, A.stride, x, y)
  })

export const gemm: Of<'gemm'> = /* @__PURE__ */ kernel(
  { gemm: plainGemm, gemm32: plainGemm32 },
  ({ gemm, gemm32 }) =>
    (alpha, A, B, C, work) => {
      const k = A.columns
      rowMajor(C, 'gemm: C')
      sized(B, k, C.columns, 'gemm: B')
      sized(A, C.rows, k, 'gemm: A')
      checkWork('gemm', work, gemmWork(C.rows, C.columns, k))
      const multiply = (isSingle(work) ? gemm32 : gemm) as (...args: (number | Floats)[]) => void
      // biome-ignore format: A, B and C, one a line
      multiply(
        C.rows, C.columns, k, alpha,
        A.data, rowStride(A), columnStride(A),
        B.data, rowStride(B), columnStride(B),
        C.data, C.stride, work,
      )
    },
)

export const syrk: Of<'syrk'> = /* @__PURE__ */ kernel({ syrk: plainSyrk }, ({ syrk }) => (alpha, A, C, work) => {
  rowMajor(C, 'syrk: C')
  sized(C, A.rows, A.rows, 'syrk: C')
  checkWork('syrk', work, gemmWork(A.rows, A.rows, A.columns))
  syrk(A.rows, A.columns, alpha, A.data, rowStride(A), columnStride(A), C.data, C.stride, work)
})

export const potrf: Of<'potrf'> = /* @__PURE__ */ kernel({ potrf: plainPotrf }, ({ potrf }) => (A, work) => {
  rowMajor(A, 'potrf: A')
  sized(A, A.rows, A.rows, 'potrf: A')
  checkWork('potrf', work, solveWork(A.rows, A.rows))
  return potrf(A.rows, A.data, A.stride, work)
})

export const trsv: Of<'trsv'> = /* @__PURE__ */ kernel({ trsv: plainTrsv }, ({ trsv }) => (L, x) => {
  rowMajor(L, 'trsv: L')
  trsv(L.rows, L.data, L.stride, x)
})

export const trsvT: Of<'trsvT'> = /* @__PURE__ */ kernel({ trsvT: plainTrsvT }, ({ trsvT }) => (L, x) => {
  rowMajor(L, 'trsvT: L')
  trsvT(L.rows, L.data, L.stride, x)
})

function solve(name: string, loop: typeof plainTrsm): MatrixKernels['trsm'] {
  return (L, B, work) => {
    rowMajor(L, `${name}: L`)
    rowMajor(B, `${name}: B`)
    sized(L, B.rows, B.rows, `${name}: L`)
    checkWork(name, work, solveWork(B.rows, B.columns))
    loop(B.rows, B.columns, L.data, L.stride, B.data, B.stride, work)
  }
}

export const trsm: Of<'trsm'> = /* @__PURE__ */ kernel({ trsm: plainTrsm }, ({ trsm }) => solve('trsm', trsm))
export const trsmT: Of<'trsmT'> = /* @__PURE__ */ kernel({ trsmT: plainTrsmT }, ({ trsmT }) => solve('trsmT', trsmT))

export { spmv }

/** The set of {@link MatrixKernels}. */
export const matrixKernels: KernelSet<MatrixKernels> = /* @__PURE__ */ kernelSet(wasm, {
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
