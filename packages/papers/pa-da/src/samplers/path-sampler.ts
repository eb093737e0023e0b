import { calling, number, options as optionsOf, refuse, show, type VectorLike, vector } from '@opt/core'
import type { Path } from '../space.ts'
import { checkDistribution, checkTau, cumulated, drawFrom, half, mixed, type Uniforms, uniformsOf } from './draw.ts'
import { type PathMode, type PathSamplerOptions, pathSettings } from './path-settings.ts'

/** A saved {@link PathSampler}: plain JSON. */
export interface PathSamplerState {
  averages: number[][]
  probabilities: number[][]
}

/** Samples paths by the running means of gradient norms: q = tau norms / sum + (1 - tau) / O. */
export class PathSampler {
  readonly choices: readonly number[]
  readonly mode: PathMode
  readonly tauMax: number
  readonly #target: Float64Array | undefined
  /** One row for each distribution: 1, or one for each edge. */
  #averages: Float64Array[]
  #probabilities: Float64Array[]
  #cdf: Float64Array[]

  /** @throws TypeError or RangeError that names the wrong option. */
  constructor(options: PathSamplerOptions) {
    const given = calling('PathSampler', () => pathSettings(options))
    this.choices = given.choices
    this.mode = given.mode
    this.tauMax = given.tauMax
    this.#target = given.target
    const sizes = {
      ops: [given.choices[0]],
      'per-edge': given.choices,
      uniform: given.choices,
      table: [given.choices.reduce((count, n) => count * n, 1)],
    }[given.mode]
    this.#averages = sizes.map((n) => new Float64Array(n))
    this.#probabilities = sizes.map((n) => new Float64Array(n).fill(1 / n))
    this.#cdf = this.#probabilities.map(cumulated)
  }

  /** The distributions: [q] of the operations ('ops') or of the paths ('table'), otherwise one for each edge. Copies. */
  get probabilities(): Float64Array[] {
    return this.#probabilities.map((row) => row.slice())
  }

  /** The running means of the norms since the last {@link endEpoch}, in the form of {@link probabilities}. Copies. */
  get averages(): Float64Array[] {
    return this.#averages.map((row) => row.slice())
  }

  /** Draws a path: the first operation whose cumulated probability exceeds u, one uniform number an edge ('table': one). */
  sample(source: Uniforms): number[] {
    return calling('PathSampler.sample', () => {
      const { choices, mode } = this
      const u = uniformsOf(source, mode === 'table' ? 1 : choices.length, 'source')
      if (mode !== 'table') return choices.map((_, e) => drawFrom(this.#cdf[mode === 'ops' ? 0 : e], u[e]))
      let rest = drawFrom(this.#cdf[0], u[0])
      const path: number[] = new Array(choices.length)
      for (let e = choices.length - 1; e >= 0; e--) {
        path[e] = rest % choices[e]
        rest = Math.floor(rest / choices[e])
      }
      return path
    })
  }

  /**
   * Takes gradient norms of a step on a path: for 'ops' one for each operation, for 'per-edge' one for each edge, for
   * 'table' one number. Zeros, of operations without parameters or not on the path, leave their means alone.
   *
   * @throws RangeError for a norm that is negative or not finite: training has diverged on that path.
   */
  record(path: Path, norms: VectorLike | number): void {
    calling('PathSampler.record', () => {
      const ops = this.#check(path)
      const { mode, choices } = this
      const length = { ops: choices[0], 'per-edge': choices.length, uniform: choices.length, table: 1 }[mode]
      const given = typeof norms === 'number' ? [norms] : norms
      const label = `norms of path ${ops.join('-')}`
      const values = mode === 'uniform' ? undefined : vector(given, label, { length, sign: 'nonnegative' })
      if (!values || this.#target) return
      // As in the official code, the means start from 0: a first norm is halved.
      if (mode === 'ops') values.forEach((s, op) => s !== 0 && set(this.#averages[0], op, s))
      else if (mode === 'per-edge') values.forEach((s, e) => s !== 0 && set(this.#averages[e], ops[e], s))
      else if (values[0] !== 0) set(this.#averages[0], this.#index(ops), values[0])
    })
  }

  /** Sets the probabilities from the means and starts new ones; where no norm came in they stay. */
  endEpoch(tau: number): void {
    calling('PathSampler.endEpoch', () => {
      const share = checkTau(tau, this.tauMax)
      if (this.mode === 'uniform') return
      this.#probabilities = this.#averages.map((row, k) => mixed(this.#target ?? row, share) ?? this.#probabilities[k])
      this.#cdf = this.#probabilities.map(cumulated)
      for (const row of this.#averages) row.fill(0)
    })
  }

  /**
   * Returns the importance weight of a path: uniform probability / q, the product over the edges.
   *
   * @throws RangeError for a path of probability 0.
   */
  weight(path: Path): number {
    return calling('PathSampler.weight', () => {
      const ops = this.#check(path)
      const q = this.#probabilities
      const factor = (p: number, n: number) => {
        if (p === 0) refuse(`path ${ops.join('-')}`, 'of positive probability (its weight would be infinite)', '0')
        return 1 / n / p
      }
      if (this.mode === 'table') return factor(q[0][this.#index(ops)], q[0].length)
      return ops.reduce((w, op, e) => w * factor(q[this.mode === 'ops' ? 0 : e][op], this.choices[e]), 1)
    })
  }

  /** Returns the state, which loads again to the same bits. */
  state(): PathSamplerState {
    const rows = (all: Float64Array[]) => all.map((row) => Array.from(row))
    return { averages: rows(this.#averages), probabilities: rows(this.#probabilities) }
  }

  /** Restores a state. @throws TypeError or RangeError, before anything changes, for that of another sampler. */
  load(state: PathSamplerState): void {
    calling('PathSampler.load', () => {
      const given = optionsOf(state, 'state')
      const rows = (all: unknown, label: string) => {
        if (!Array.isArray(all) || all.length !== this.#averages.length)
          refuse(label, `${this.#averages.length} arrays`, show(all), 'type')
        return all.map((row, k) => {
          const { length } = this.#averages[k]
          return vector(row, `${label}[${k}]`, { length, sign: 'nonnegative' }).slice()
        })
      }
      const averages = rows(given.averages, 'state.averages')
      const probabilities = rows(given.probabilities, 'state.probabilities')
      probabilities.forEach((row, k) => checkDistribution(row, `state.probabilities[${k}]`))
      this.#averages = averages
      this.#probabilities = probabilities
      this.#cdf = probabilities.map(cumulated)
    })
  }

  #check(path: Path): number[] {
    const { choices } = this
    if (!(Array.isArray(path) || path instanceof Int32Array))
      refuse('path', `an array of ${choices.length} operations`, show(path), 'type')
    if (path.length !== choices.length) refuse('path', `of length ${choices.length}`, `length ${path.length}`)
    return choices.map((n, e) => number(path[e], `path[${e}]`, { integer: true, min: 0, max: n - 1 }))
  }

  #index(path: readonly number[]): number {
    return path.reduce((index, op, e) => index * this.choices[e] + op, 0)
  }
}

const set = (row: Float64Array, k: number, s: number) => {
  row[k] = half(row[k], s)
}
