import { allocate, type Random, vector } from '@opt/core'
import { average, bisectAlpha, smallest, weigh } from '../consensus.ts'
import { kernels } from '../kernels.ts'
import { kthSmallest } from '../median.ts'
import type { Settings } from '../options.ts'
import { Draws, type NormalSource } from './normals.ts'
import type { Projector } from './project.ts'

/** What {@link Cloud.agree} measures. */
export interface Agreement {
  /** 0 where no particle of the batch has a value: the best point so far stands for their consensus. */
  effectiveSampleSize: number
  /** Median of the distances from the consensus. */
  distance: number
  /** Root of their mean square. */
  spread: number
}

/** N particles of d coordinates, one a row of X, with the generator that moves them. */
export class Cloud {
  readonly d: number
  N: number
  readonly X: Float64Array
  /** The consensus point, and that of the move before. */
  readonly consensus: Float64Array
  previous: Float64Array | undefined
  /** The particles of the batch, and f at each of them. */
  readonly rows: Int32Array
  count: number
  readonly values: Float64Array
  /** Copies of the batch for the caller's functions. */
  readonly points: Float64Array[]
  /** The particles in random order, and where the batch begins there. */
  order: number[] = []
  place: number = 0
  /** The best point so far. */
  readonly best: Float64Array
  bestValue: number = Infinity
  /** Particles that did not stay finite and were put back to the consensus. */
  resets: number = 0
  /** The norm of the coordinates' variances when the epoch began. */
  variance: number | undefined
  readonly draws: Draws
  readonly #lengths: Float64Array
  readonly #scratch: Float64Array
  readonly #loops: ReturnType<typeof memoryOf>['kernels']
  readonly #project: Projector | undefined
  readonly #particles: Float64Array[] = []

  constructor(
    N: number,
    d: number,
    source: number | Random | NormalSource,
    state: ConstructorParameters<typeof Draws>[1],
    project: Projector | undefined,
  ) {
    this.N = N
    this.d = d
    this.count = N
    const { X, consensus, lengths, rows, kernels: loops, ...generator } = memoryOf(N, d)
    this.X = X
    this.consensus = consensus
    this.#lengths = lengths
    this.rows = rows
    this.#loops = loops
    this.#scratch = new Float64Array(N)
    this.values = new Float64Array(N)
    this.best = new Float64Array(d)
    this.points = Array.from({ length: N }, () => new Float64Array(d))
    this.draws = new Draws(source, state, loops.normals, generator)
    this.#project = project
    // Views, for projections alone.
    if (project) for (let i = 0; i < N; i++) this.#particles.push(X.subarray(i * d, (i + 1) * d))
  }

  /** Chooses the next batch of n particles; all of them, in order, when n is N. */
  choose(n: number): void {
    if (n < this.N && this.place >= this.order.length) {
      this.order = this.draws.permutation(this.N)
      this.place = 0
    }
    this.restore(n)
  }

  /** Chooses the batch at the present place of the order. */
  restore(n: number): void {
    this.count = n < this.N ? Math.min(n, this.N - this.place) : this.N
    for (let k = 0; k < this.count; k++) this.rows[k] = n < this.N ? this.order[this.place + k] : k
  }

  /** Copies the batch into the points. */
  copyPoints(): Float64Array[] {
    const { X, d, rows, count, points } = this
    for (let k = 0; k < count; k++) {
      const at = rows[k] * d
      for (let j = 0; j < d; j++) points[k][j] = X[at + j]
    }
    return points
  }

  /** Remembers the best of the points just evaluated. */
  remember(): void {
    for (let k = 0; k < this.count; k++)
      if (this.values[k] < this.bestValue) {
        const at = this.rows[k] * this.d
        this.bestValue = this.values[k]
        this.best.set(this.X.subarray(at, at + this.d))
      }
  }

  /** Computes the consensus of the batch and the distances of all particles from it. */
  agree(alpha: Settings['alpha'], step: number): Agreement {
    const { count, d, N, values, rows, X, consensus } = this
    const weights = this.#scratch
    let effectiveSampleSize = 0
    if (smallest(values, count) < Infinity) {
      const sharpness =
        typeof alpha === 'function'
          ? alpha(step)
          : bisectAlpha(values, count, alpha.effectiveSampleSize, alpha.limit, weights)
      effectiveSampleSize = weigh(values, count, sharpness, weights).effectiveSampleSize
      average(count, d, rows, X, weights, consensus)
    }
    // No particle has a value, or rounding took the mean beyond the largest number.
    if (effectiveSampleSize === 0 || this.#loops.unsound(d, consensus) !== 0) consensus.set(this.best)
    this.#loops.distances(N, d, X, consensus, this.#lengths)
    const distances = this.#scratch
    distances.set(this.#lengths)
    const spread = rootMeanSquare(distances, N)
    return { effectiveSampleSize, spread, distance: kthSmallest(distances, N, (N - 1) >> 1) }
  }

  /** Writes the gradient at each particle. */
  slopesTo(slopes: Float64Array, gradient: NonNullable<Settings['gradient']>, step: number): void {
    const { N, d, X } = this
    for (let i = 0; i < N; i++) {
      const slope = vector(gradient(X.slice(i * d, (i + 1) * d), step), 'gradient(x)', { length: d })
      slopes.set(slope, i * d)
    }
  }

  /** x - drift D + noise |D| xi for all particles, or those of the batch; normals are drawn for all. */
  move(drift: number, noise: number, { isotropic, partial }: { isotropic: boolean; partial: boolean }): void {
    const { N, d, X, consensus, rows } = this
    const loops = this.#loops
    if (!partial && this.count < N) for (let i = 0; i < N; i++) rows[i] = i
    const count = partial ? this.count : N
    const Z = this.draws.normals(N * d)
    if (isotropic) loops.moveIsotropic(count, d, rows, X, consensus, drift, noise, Z, this.#lengths)
    else loops.moveAnisotropic(count, d, rows, X, consensus, drift, noise, Z)
  }

  /** x - rate slope for all particles, or those of the batch. */
  descend(slopes: Float64Array, rate: number, partial: boolean): void {
    const { N, d, X, rows } = this
    const count = partial ? this.count : N
    for (let k = 0; k < count; k++) {
      const at = rows[k] * d
      for (let j = 0; j < d; j++) X[at + j] -= rate * slopes[at + j]
    }
  }

  /** Adds noise of the given width to all particles if the consensus has not moved by `below` since the last move. */
  kick(below: number, width: number): void {
    const { N, d, X, consensus, previous } = this
    let moved = previous === undefined ? Infinity : 0
    if (previous !== undefined)
      for (let j = 0; j < d; j++) moved = Math.max(moved, Math.abs(consensus[j] - previous[j]))
    if (moved < below) {
      const Z = this.draws.normals(N * d)
      for (let k = 0; k < N * d; k++) X[k] += width * Z[k]
    }
    this.previous ??= new Float64Array(d)
    this.previous.set(consensus)
  }

  /** Puts particles that did not stay finite back to the consensus, and projects all. */
  settle(): void {
    const { N, d, X, consensus } = this
    if (this.#loops.unsound(N * d, X) !== 0)
      for (let i = 0; i < N; i++) {
        if (X.subarray(i * d, (i + 1) * d).every(Number.isFinite)) continue
        X.set(consensus, i * d)
        this.resets++
      }
    this.project()
  }

  /** Projects all particles. */
  project(): void {
    if (this.#project === undefined) return
    for (let i = 0; i < this.N; i++) this.#project(this.#particles[i])
  }

  /** Keeps fewer particles, whole batches of n, chosen at random, if their variance has fallen since the last call. */
  reduce(batch: number, speed: number): void {
    const { N, d, X } = this
    const n = batch < N ? batch : 1
    const after = this.#variance()
    const before = this.variance ?? after
    this.variance = after
    const ratio = Math.min(1, Math.max(0.8, (speed * after + (1 - speed) * before) / before))
    const left = Math.min(N, Math.ceil((N / n) * ratio) * n)
    if (!(left < N)) return
    const survivors = this.draws.permutation(N).slice(0, left)
    survivors.sort((a, b) => a - b)
    survivors.forEach((i, k) => void X.copyWithin(k * d, i * d, (i + 1) * d))
    this.N = left
    this.order = []
    this.place = 0
  }

  #variance(): number {
    const { N, d, X } = this
    let squares = 0
    for (let j = 0; j < d; j++) {
      let mean = 0
      for (let i = 0; i < N; i++) mean += X[i * d + j] / N
      let variance = 0
      for (let i = 0; i < N; i++) variance += ((X[i * d + j] - mean) * (X[i * d + j] - mean)) / N
      squares += variance * variance
    }
    return Math.sqrt(squares)
  }
}

function memoryOf(N: number, d: number) {
  return allocate([kernels], (views) => ({
    X: views.f64(N * d),
    Z: views.f64(N * d),
    consensus: views.f64(d),
    lengths: views.f64(N),
    rows: views.i32(N),
    words: views.i32(4),
    spare: views.f64(2),
  }))
}

/** Root of the mean square of n numbers >= 0, of any scale. */
function rootMeanSquare(values: Float64Array, n: number): number {
  let most = 0
  for (let i = 0; i < n; i++) if (values[i] > most) most = values[i]
  if (!(most > 0 && most < Infinity)) return most
  let sum = 0
  for (let i = 0; i < n; i++) sum += (values[i] / most) * (values[i] / most)
  return most * Math.sqrt(sum / n)
}
