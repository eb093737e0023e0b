import { allocate, type MatrixView, type Views } from '@opt/core'
import { implicitQL, type Rotations, type Sweep } from './implicit-ql.ts'
import { type EigenKernels, eigenKernels } from './kernels.ts'

/** The memory of a tridiagonal eigenproblem. */
export interface RotationSpace extends Rotations {
  readonly kernels: EigenKernels
  /** Becomes the transposed eigenvectors; 0 x 0 when they are not wanted. */
  readonly P: MatrixView
}

/** The memory of a dense symmetric eigenproblem. */
export interface Workspace extends RotationSpace {
  /** Given in full, both triangles; overwritten. */
  readonly A: MatrixView
  readonly v: Float64Array
  readonly w: Float64Array
  readonly u: Float64Array
  readonly q: Float64Array
  readonly tau: Float64Array
  readonly e: Float64Array
}

const rotationViews = (views: Views, n: number, vectors: boolean) => ({
  P: views.matrix(vectors ? n : 0, vectors ? n : 0),
  c: views.f64(n),
  s: views.f64(n),
})

export const rotationSpace = (n: number, vectors: boolean): RotationSpace =>
  allocate([eigenKernels], (views) => rotationViews(views, n, vectors))

export const workspace = (n: number, vectors: boolean): Workspace =>
  allocate([eigenKernels], (views) => ({
    A: views.matrix(n, n),
    ...rotationViews(views, n, vectors),
    v: views.f64(n),
    w: views.f64(n),
    u: views.f64(n),
    q: views.f64(n),
    tau: views.f64(n),
    e: views.f64(n),
  }))

/** Up to this size allocating takes longer than the work. */
const SMALL = 32
let last: { n: number; vectors: boolean; space: Workspace } | undefined

/** Returns a workspace that only lasts until the next call: for small n, that of the last call of this size. */
export function briefWorkspace(n: number, vectors: boolean): Workspace {
  if (n > SMALL) return workspace(n, vectors)
  if (last?.n !== n || last.vectors !== vectors) last = { n, vectors, space: workspace(n, vectors) }
  return last.space
}

/** Overwrites d with the eigenvalues of A, unordered, and the rows of P, if there is memory for them, with the eigenvectors. */
export function diagonalise(space: Workspace, d: Float64Array): void {
  const { e } = space
  space.v.fill(0)
  space.w.fill(0)
  tridiagonalise(space, d, e)
  const vectors = space.P.rows > 0
  if (vectors) accumulate(space)
  implicitQL(d, e, space, vectors ? rotationsOf(space) : undefined)
}

/**
 * Reduces A to tridiagonal form, A = Q T Q', by Householder reflectors H_k = I - tau_k u_k u_k' with
 * Q = H_0 H_1 ... (Golub and Van Loan, algorithm 8.3.1). The rank-2 update of each step waits for the
 * next, so that update and product pass over A together. u_k is left in row k of A.
 *
 * @param d diagonal of T, length n; written.
 * @param e off-diagonal of T, length n; written.
 */
function tridiagonalise({ kernels, A, v, w, u, q, tau }: Workspace, d: Float64Array, e: Float64Array): void {
  const { data, rows: n, stride } = A
  for (let k = 0; k < n; k++) {
    const row = k * stride
    for (let j = k; j < n; j++) data[row + j] -= v[k] * w[j] + w[k] * v[j]
    d[k] = data[row + k]
    if (k + 1 === n) return
    const m = n - k - 1
    for (let j = k + 1; j < n; j++) u[j] = data[row + j]
    e[k] = reflector(u, k + 1, tau)
    for (let j = k + 1; j < n; j++) data[row + j] = u[j]
    kernels.rank2Product(m, row + stride + k + 1, data, stride, k + 1, v, w, u, q)
    let inner = 0
    for (let j = k + 1; j < n; j++) inner += q[j] * u[j]
    const half = (tau[k] * tau[k] * inner) / 2
    for (let j = k + 1; j < n; j++) {
      v[j] = u[j]
      w[j] = tau[k] * q[j] - half * u[j]
    }
  }
}

/**
 * Makes x, from place `from` on, the vector u of the reflector that maps it to a multiple of the first
 * axis; writes tau[from - 1] and returns the multiple.
 */
function reflector(x: Float64Array, from: number, tau: Float64Array): number {
  const n = x.length
  let peak = 0
  for (let i = from + 1; i < n; i++) peak = Math.max(peak, Math.abs(x[i]))
  const first = x[from]
  if (peak === 0) {
    x[from] = tau[from - 1] = 0
    return first
  }
  peak = Math.max(peak, Math.abs(first))
  let sum = 0
  for (let i = from; i < n; i++) sum += (x[i] / peak) * (x[i] / peak)
  const beta = first < 0 ? peak * Math.sqrt(sum) : -peak * Math.sqrt(sum)
  const pivot = first - beta
  x[from] = 1
  for (let i = from + 1; i < n; i++) x[i] /= pivot
  tau[from - 1] = -pivot / beta
  return beta
}

/** Makes P the matrix Q', after {@link tridiagonalise}. */
function accumulate({ kernels, A, P, u, tau }: Workspace): void {
  const n = A.rows
  P.data.fill(0)
  for (let i = 0; i < n; i++) P.data[i * P.stride + i] = 1
  for (let k = n - 3; k >= 0; k--) {
    if (tau[k] === 0) continue
    const row = k * A.stride
    for (let j = k + 1; j < n; j++) u[j] = A.data[row + j]
    kernels.reflectRows(n - k - 1, (k + 1) * (P.stride + 1), P.data, P.stride, tau[k], k + 1, u)
  }
}

/** Returns the function that applies the rotations of QL sweeps to the rows of P. */
export function rotationsOf({ kernels, P, c, s }: RotationSpace): Sweep {
  return (start, count, direction) =>
    kernels.rotateRows(P.columns, count, start * P.stride, P.data, direction * P.stride, c, s)
}
