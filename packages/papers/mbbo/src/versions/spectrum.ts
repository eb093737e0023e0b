import {
  allocate,
  type Matrix,
  type MatrixLike,
  matrix,
  matrixKernels,
  number,
  refuse,
  show,
  solveScratch,
} from '@opt/core'
import { SymmetricEigensolver } from '@opt/curvature'
import ndarray from 'ndarray'

/**
 * Returns the symmetric matrix nearest to H, in the Frobenius norm, whose eigenvalues are between two bounds: the
 * symmetric part of H with its eigenvalues clipped.
 *
 * @param H square, n x n; not changed.
 * @param least lower bound.
 * @param most upper bound, or Infinity.
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function projectSpectrum(H: MatrixLike, least: number, most: number = Infinity): Matrix {
  const name = 'projectSpectrum: '
  const { data, shape } = matrix(H, `${name}H`)
  const n = shape[0]
  if (shape[1] !== n) refuse(`${name}H`, 'square', `shape [${n}, ${shape[1]}]`)
  number(least, `${name}least`)
  checkMost(most, `${name}most`, least)
  const out = data.slice()
  new SpectrumProjection(n, [least, most]).apply(out)
  for (let i = 0; i < out.length; i++)
    if (!Number.isFinite(out[i])) refuse(`${name}H`, 'of eigenvalues within the range of doubles', show(data[i]))
  return ndarray(out, [n, n])
}

/** Returns an upper bound, checked. */
export function checkMost(most: number, label: string, least: number): number {
  return most === Infinity ? most : number(most, label, { min: least })
}

/** Projects n x n matrices onto those with eigenvalues between two bounds, in place. */
export class SpectrumProjection {
  readonly #n: number
  readonly #bounds: readonly [number, number]
  readonly #memory: ReturnType<typeof memoryFor>
  #eigen: SymmetricEigensolver | undefined

  constructor(n: number, bounds: readonly [number, number]) {
    this.#n = n
    this.#bounds = bounds
    this.#memory = memoryFor(n)
  }

  /** Symmetrises H, row-major, and clips its eigenvalues; makes it NaN where they overflow. */
  apply(H: Float64Array): void {
    const n = this.#n
    let peak = 0
    for (let i = 0; i < n; i++)
      for (let j = 0; j <= i; j++) {
        const mean = H[i * n + j] / 2 + H[j * n + i] / 2
        H[i * n + j] = H[j * n + i] = mean
        // Infinity if there is a NaN.
        peak = Math.abs(mean) <= peak ? peak : Math.abs(mean) > peak ? Math.abs(mean) : Infinity
      }
    const [least, most] = this.#bounds
    if (!(peak * n <= 1e300)) H.fill(NaN)
    else if (!(this.#above(H, 1, least) && (most === Infinity || this.#above(H, -1, -most)))) this.#clip(H)
  }

  /** Whether all eigenvalues of sign H are above a bound: by discs (Gershgorin), or Cholesky's factorisation. */
  #above(H: Float64Array, sign: number, bound: number): boolean {
    const n = this.#n
    let inside = true
    for (let i = 0; i < n && inside; i++) {
      let radius = 0
      for (let j = 0; j < n; j++) if (j !== i) radius += Math.abs(H[i * n + j])
      inside = sign * H[i * n + i] - radius > bound
    }
    if (inside) return true
    const { L, work, kernels } = this.#memory
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) L.data[i * L.stride + j] = sign * H[i * n + j]
      L.data[i * L.stride + i] -= bound
    }
    return kernels.potrf(L, work) === 0
  }

  #clip(H: Float64Array): void {
    const n = this.#n
    const [least, most] = this.#bounds
    this.#eigen ??= new SymmetricEigensolver(n)
    this.#eigen.solve(H)
    const { values, vectors } = this.#eigen
    H.fill(0)
    for (let k = 0; k < n; k++) {
      const value = Math.min(most, Math.max(least, values[k]))
      const row = k * vectors.stride
      for (let i = 0; i < n; i++) {
        const factor = value * vectors.data[row + i]
        for (let j = 0; j <= i; j++) H[i * n + j] += factor * vectors.data[row + j]
      }
    }
    for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) H[j * n + i] = H[i * n + j]
  }
}

const memoryFor = (n: number) =>
  allocate([matrixKernels], (views) => ({ L: views.matrix(n, n), work: views.f64(solveScratch(n, n)) }))
