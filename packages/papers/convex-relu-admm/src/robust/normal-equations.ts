import { conjugateGradient, type MatrixKernels, type MatrixView } from '@opt/core'
import type { RobustState, Unknowns } from './blocks.ts'
import type { RobustMap } from './robust-map.ts'

/** Solves A'A x = right. */
export type NormalSolver = (right: Unknowns, x: Unknowns) => void

/** Factors A'A into H once. Overwrites x, h and right. */
export function factoredSolver(
  map: RobustMap,
  { x, h, right }: RobustState,
  { H, work, kernels }: { H: MatrixView; work: Float64Array; kernels: MatrixKernels },
): NormalSolver {
  const size = x.all.length
  for (let c = 0; c < size; c++) {
    x.all.fill(0)
    x.all[c] = 1
    map.apply(x, h)
    map.adjoint(h, right)
    H.data.set(right.all.subarray(0, c + 1), c * size)
  }
  x.all.fill(0)
  if (kernels.potrf(H, work) !== 0)
    throw new RangeError('convexRelu: the linear system is singular in rounding; standardise the features')
  return (b, out) => {
    out.all.set(b.all)
    kernels.trsv(H, out.all)
    kernels.trsvT(H, out.all)
  }
}

/** Solves by conjugate gradients from the last x. Overwrites h, and right once it has been read. */
export function iterativeSolver(map: RobustMap, { h, right: scratch }: RobustState): NormalSolver {
  const size = scratch.all.length
  const vector = () => new Float64Array(size)
  const operator = {
    rows: size,
    columns: size,
    apply(p: Float64Array, out: Float64Array) {
      scratch.all.set(p)
      map.apply(scratch, h)
      map.adjoint(h, scratch)
      out.set(scratch.all)
    },
  }
  const vectors: [Float64Array, Float64Array, Float64Array, Float64Array] = [vector(), vector(), vector(), vector()]
  const options = { tolerance: 1e-10, maxIterations: 500, scratch: vectors, history: false }
  return (b, out) => {
    out.all.set(conjugateGradient(operator, b.all.slice(), { ...options, initial: out.all }).x)
  }
}
