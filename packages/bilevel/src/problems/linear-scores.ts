import { allocate, exponentialKernels, gemmScratch, type MatrixView, matrixKernels, transpose } from '@opt/core'
import type { RowLoss } from './row-loss.ts'

/** Room for some examples with their scores: S = X W, losses and what derives from them. Rows beyond `rows` are unused. */
export class LinearScores {
  readonly losses: Float64Array
  readonly labels: Int32Array
  readonly #memory: ReturnType<typeof memoryFor>
  /** Views of the rows in use. */
  #views: ReturnType<typeof firstRows>
  /** Temperature of the current losses; NaN when X or the labels have changed since. */
  #temperature = NaN
  #gram: ReturnType<typeof gramMemory> | undefined

  constructor(capacity: number, features: number, outputs: number) {
    this.#memory = memoryFor(capacity, features, outputs)
    this.losses = new Float64Array(capacity)
    this.labels = new Int32Array(capacity)
    this.#views = firstRows(this.#memory, capacity)
  }

  get capacity(): number {
    return this.#memory.X.rows
  }

  get rows(): number {
    return this.#views.X.rows
  }

  get outputs(): number {
    return this.#memory.S.columns
  }

  /** The examples, to be written to before {@link use}. */
  get X(): MatrixView {
    return this.#memory.X
  }

  /** Gradients of the losses in the scores, row by row. */
  get Q(): MatrixView {
    return this.#views.Q
  }

  /** What the loss keeps for its Hessian: with {@link logistic} the second derivative of each row. */
  get P(): MatrixView {
    return this.#views.P
  }

  /** Products of a direction with the scores' Jacobian, row by row. */
  get R(): MatrixView {
    return this.#views.R
  }

  /** Declares that the first rows hold new examples. */
  use(rows: number): void {
    if (rows !== this.rows) this.#views = firstRows(this.#memory, rows)
    this.#temperature = NaN
  }

  /** Makes losses and Q those of the scores X W / temperature, unless they are already. */
  evaluate(W: Float64Array, temperature: number, loss: RowLoss): void {
    const known = this.#memory.W.data
    if (temperature === this.#temperature && equal(W, known)) return
    known.set(W)
    const { S, P, Q } = this.#views
    this.#multiply(this.#memory.W, S)
    if (temperature !== 1) for (let i = 0; i < S.data.length; i++) S.data[i] /= temperature
    loss.evaluate(S, this.labels, this.losses, Q, P, this.#memory.kernels)
    this.#temperature = temperature
  }

  /** Makes R = X V / temperature. */
  push(V: Float64Array, temperature: number): void {
    const { R } = this.#views
    this.#memory.V.data.set(V)
    this.#multiply(this.#memory.V, R)
    if (temperature !== 1) for (let i = 0; i < R.data.length; i++) R.data[i] /= temperature
  }

  /** Writes out = X' M. */
  pull(M: MatrixView, out: Float64Array): void {
    const { G, work, kernels } = this.#memory
    const { X, transposed } = this.#views
    G.data.fill(0)
    if (G.columns === 1) kernels.gemvT(X, M.data, G.data)
    else kernels.gemm(1, transposed, M, G, work)
    out.set(G.data)
  }

  /** Writes out = X' diag(weights) X, row-major, for nonnegative weights. */
  gram(weights: Float64Array, out: Float64Array): void {
    const n = this.X.columns
    const { X } = this.#views
    const { H, rows, work, kernels } = (this.#gram ??= gramMemory(n))
    H.data.fill(0)
    for (let first = 0; first < X.rows; first += BLOCK) {
      const count = Math.min(BLOCK, X.rows - first)
      for (let k = 0; k < count; k++) {
        const from = (first + k) * X.stride
        const root = Math.sqrt(weights[first + k])
        for (let j = 0; j < n; j++) rows.data[k * n + j] = root * X.data[from + j]
      }
      kernels.syrk(1, transpose({ ...rows, rows: count }), H, work)
    }
    for (let j = 0; j < n; j++) for (let k = 0; k <= j; k++) out[k * n + j] = out[j * n + k] = H.data[j * H.stride + k]
  }

  /** out = X M. */
  #multiply(M: MatrixView, out: MatrixView): void {
    const { work, kernels } = this.#memory
    const { X } = this.#views
    if (out.columns === 1) kernels.gemv(X, M.data, out.data)
    else {
      out.data.fill(0)
      kernels.gemm(1, X, M, out, work)
    }
  }
}

function equal(x: Float64Array, y: Float64Array): boolean {
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return false
  return true
}

/** Matrices of scores, gradients and directions are contiguous, so that one loop runs over all entries. */
const memoryFor = (capacity: number, features: number, outputs: number) =>
  allocate([matrixKernels, exponentialKernels], (views) => {
    const dense = (rows: number, columns: number) => ({
      data: views.f64(rows * columns),
      rows,
      columns,
      stride: columns,
    })
    return {
      X: views.matrix(capacity, features),
      S: dense(capacity, outputs),
      P: dense(capacity, outputs),
      Q: dense(capacity, outputs),
      R: dense(capacity, outputs),
      W: dense(features, outputs),
      G: dense(features, outputs),
      V: dense(features, outputs),
      work: views.f64(Math.max(gemmScratch(capacity, outputs, features), gemmScratch(features, outputs, capacity))),
    }
  })

/** Rows that enter a Gram matrix at once. */
const BLOCK = 256

const gramMemory = (n: number) =>
  allocate([matrixKernels], (views) => ({
    H: views.matrix(n, n),
    rows: { data: views.f64(BLOCK * n), rows: BLOCK, columns: n, stride: n },
    work: views.f64(gemmScratch(n, n, BLOCK)),
  }))

function firstRows({ X, S, P, Q, R }: ReturnType<typeof memoryFor>, rows: number) {
  const first = (matrix: MatrixView): MatrixView => ({
    ...matrix,
    rows,
    data: matrix.data.subarray(0, rows * matrix.stride),
  })
  const view = first(X)
  return { X: view, transposed: transpose(view), S: first(S), P: first(P), Q: first(Q), R: first(R) }
}
