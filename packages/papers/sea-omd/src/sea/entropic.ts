import { exp, log, options as optionsOf, refuse } from '@opt/core'
import type { Simplex } from '@opt/sets'
import { type Learner, type LearnerOptions, OnlineLearner } from '../learner.ts'
import { positive } from '../limits.ts'
import type { Meaning } from '../state.ts'

/** Options of {@link seaEntropic}. */
export interface SeaEntropicOptions extends LearnerOptions {
  domain: Simplex
  /** Largest entry of a gradient. */
  G: number
}

/**
 * {@link seaConvex} under the negative entropy on a simplex of total r. With eta_t = sqrt(ln d / (4 G^2 +
 * V_{t-1})):
 *
 *     xhat_i <- r xhat_i exp(-eta_t g_{t,i}) / sum;  V_t = V_{t-1} + max_i (g_{t,i} - g_{t-1,i})^2;
 *     x_{t+1,i} = r xhat_i exp(-eta_{t+1} g_{t,i}) / sum
 *
 * A standard algorithm, but outside the paper's theorems: it has neither a bound nor a certificate.
 *
 * @throws RangeError when the domain is no simplex, G is not positive, or an entry of the start is 0.
 */
export function seaEntropic(options: SeaEntropicOptions): Learner {
  return new SeaEntropicLearner(optionsOf(options, 'seaEntropic: options', ['domain', 'G', 'start']))
}

class SeaEntropicLearner extends OnlineLearner {
  readonly #G: number
  readonly #total: number
  protected readonly numbers: { V: number; eta: number } = { V: 0, eta: 0 }
  /** logs: the logarithm of xhat / total, up to a constant. */
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
    const logs = this.x.map((v, i) =>
      v > 0 ? log(v / this.#total) : refuse(`${name}: start[${i}]`, 'positive', String(v)),
    )
    this.arrays = { logs, previous: new Float64Array(logs.length) }
    this.numbers.eta = this.#stepSize()
  }

  /** eta in units of the simplex. */
  #stepSize(): number {
    return Math.sqrt(log(this.x.length) / (4 * this.#G * this.#G + this.numbers.V)) / this.#total
  }

  protected step(g: Float64Array): void {
    const { x, numbers: s } = this
    const { logs, previous } = this.arrays
    let change = 0
    for (let i = 0; i < g.length; i++) {
      change = Math.max(change, Math.abs(g[i] - previous[i]))
      logs[i] -= s.eta * this.#total * g[i]
    }
    subtractTop(logs)
    s.V += change * change
    s.eta = this.#stepSize()
    for (let i = 0; i < g.length; i++) x[i] = logs[i] - s.eta * this.#total * g[i]
    subtractTop(x)
    let sum = 0
    for (let i = 0; i < g.length; i++) sum += x[i] = exp(x[i])
    for (let i = 0; i < g.length; i++) x[i] *= this.#total / sum
    previous.set(g)
  }
}

/** Subtracts the largest entry from all. */
function subtractTop(logs: Float64Array): void {
  let top = -Infinity
  for (let i = 0; i < logs.length; i++) top = Math.max(top, logs[i])
  for (let i = 0; i < logs.length; i++) logs[i] -= top
}
