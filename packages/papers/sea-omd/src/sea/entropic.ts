import { exp, log, refuse, options as takeOptions } from '@opt/core'
import type { Simplex } from '../domains/simplex.ts'
import { type Learner, type LearnerOptions, OnlineLearner, positive } from '../learner.ts'
import type { Meaning } from '../meaning.ts'

/** Options of {@link seaEntropic}. */
export interface SeaEntropicOptions extends LearnerOptions {
  domain: Simplex
  /** Largest entry of a gradient. */
  G: number
}

class SeaEntropicLearner extends OnlineLearner {
  readonly #G: number
  readonly #total: number
  protected readonly numbers: { V: number; eta: number }
  /** logs: the logarithm of xhat / total, but for a constant. */
  protected readonly arrays: { logs: Float64Array; previous: Float64Array }
  protected readonly meaning: Record<string, Meaning> = {
    V: 'nonnegative',
    eta: 'nonnegative',
    logs: (logs) => (logs.every((v) => v <= 1e-9) ? undefined : 'logarithms of shares, at most 0'),
    previous: 'gradient',
  }

  constructor(options: SeaEntropicOptions) {
    const name = 'seaEntropic'
    super(name, options)
    const { domain, G } = options
    if (domain.kind !== 'simplex') refuse(`${name}: domain`, 'a simplex', `a ${domain.kind}`)
    this.#total = positive(domain.total, name, 'domain.total')
    this.#G = positive(G, name, 'G')
    const n = this.x.length
    const logs = new Float64Array(n)
    for (let i = 0; i < n; i++) {
      if (this.x[i] <= 0) refuse(`${name}: start[${i}]`, 'positive', String(this.x[i]))
      logs[i] = log(this.x[i] / this.#total)
    }
    this.arrays = { logs, previous: new Float64Array(n) }
    this.numbers = { V: 0, eta: 0 }
    this.numbers.eta = this.#step()
  }

  /** sqrt(ln d) takes the place of the diameter; a total r scales the gradients. */
  #step(): number {
    return Math.sqrt(log(this.x.length) / (4 * this.#G * this.#G + this.numbers.V)) / this.#total
  }

  protected step(g: Float64Array): void {
    const { x, numbers: s } = this
    const { logs, previous } = this.arrays
    let change = 0
    let top = -Infinity
    for (let i = 0; i < g.length; i++) {
      change = Math.max(change, Math.abs(g[i] - previous[i]))
      logs[i] -= s.eta * this.#total * g[i]
      top = Math.max(top, logs[i])
    }
    s.V += change * change
    s.eta = this.#step()
    let highest = -Infinity
    for (let i = 0; i < g.length; i++) {
      logs[i] -= top
      x[i] = logs[i] - s.eta * this.#total * g[i]
      highest = Math.max(highest, x[i])
    }
    let sum = 0
    for (let i = 0; i < g.length; i++) sum += x[i] = exp(x[i] - highest)
    for (let i = 0; i < g.length; i++) x[i] *= this.#total / sum
    previous.set(g)
  }
}

/**
 * The step of seaConvex under the negative entropy on a simplex, in logarithms: xhat_i <- xhat_i exp(-eta g_i) / norm, with
 * sqrt(ln d) in the place of the diameter and the largest entry in that of the norm. Standard, but outside the paper's theorems:
 * neither a bound nor a certificate.
 *
 * @throws RangeError when the domain is no simplex or G is not positive.
 */
export function seaEntropic(options: SeaEntropicOptions): Learner {
  return new SeaEntropicLearner(takeOptions(options, 'seaEntropic: options'))
}
