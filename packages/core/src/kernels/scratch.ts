import { number, refuse } from '../errors.ts'

/**
 * How many numbers gemm, gemm32 and syrk need as `work`: copies of a block of A and of B, at most 142 000.
 *
 * @throws TypeError or RangeError when a size is no nonnegative integer.
 */
export function gemmScratch(m: number, n: number, k: number): number {
  for (const [label, size] of Object.entries({ m, n, k }))
    number(size, `gemmScratch: ${label}`, { nonnegative: true, integer: true })
  return gemmWork(m, n, k)
}

/**
 * How many numbers potrf, trsm and trsmT need as `work` for an n-by-n matrix and so many right-hand sides.
 *
 * @throws TypeError or RangeError when a size is no nonnegative integer.
 */
export function solveScratch(n: number, columns: number): number {
  for (const [label, size] of Object.entries({ n, columns }))
    number(size, `solveScratch: ${label}`, { nonnegative: true, integer: true })
  return solveWork(n, columns)
}

/** {@link gemmScratch} inside a kernel, which looks at no sizes. */
export function gemmWork(m: number, n: number, k: number): number {
  return 32 + Math.min(k, 256) * (Math.min(m, 32) + Math.min(n, 512) + 8)
}

/** {@link solveScratch} inside a kernel. */
export function solveWork(n: number, columns: number): number {
  return gemmWork(n, columns, Math.min(n, 64))
}

/** Refuses a `work` that is too short: a kernel would write over its neighbours. */
export function checkWork(kernel: string, work: ArrayLike<number>, size: number): void {
  if (work.length < size) refuse(`${kernel}: work`, `of length ${size} at least`, `length ${work.length}`)
}
