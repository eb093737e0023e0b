import { calling, log, number, oneOf, options as optionsOf, refuse, softplus, type VectorLike, vector } from '@opt/core'
import { normalized } from './softmax.ts'

/** Options of {@link gairatWeights}. */
export interface GairatOptions {
  /** The bias Lambda of the weight function (default -1). */
  lambda?: number | undefined
  /** The weight function (default 'tanh'). */
  kind?: GairatKind | undefined
}

/** The three weight functions of GAIRAT. */
export type GairatKind = 'tanh' | 'sigmoid' | 'discrete'

export const GAIRAT_KINDS: readonly GairatKind[] = ['tanh', 'sigmoid', 'discrete']

/**
 * Returns GAIRAT's weights, larger for examples that an attack turns sooner: with h = floor(steps / 2) and
 * a = lambda + 5 (h - kappa) / h, proportional to (1 + tanh a) / 2, sigmoid(a), or (steps + 1 - kappa) / (steps + 1).
 *
 * Zhang, Zhu, Niu, Han, Sugiyama and Kankanhalli, Geometry-aware instance-reweighted adversarial training, ICLR 2021.
 *
 * @param kappa for each example, how many points of the attack, the start included and the last excluded, were still
 *   classified correctly: integers from 0 to `steps`.
 * @param steps the number of steps of the attack, at least 2.
 * @returns weights that sum to 1.
 * @throws TypeError or RangeError for counts, steps or options that do not fit.
 */
export function gairatWeights(kappa: VectorLike, steps: number, options?: GairatOptions): Float64Array {
  return calling('gairatWeights', () => {
    const { lambda = -1, kind = 'tanh' } = optionsOf(options, 'options', ['lambda', 'kind'])
    number(steps, 'steps', { integer: true, min: 2 })
    number(lambda, 'lambda', { min: -1e6, max: 1e6 })
    oneOf(kind, 'kind', GAIRAT_KINDS)
    const counts = vector(kappa, 'kappa')
    if (counts.length === 0) refuse('kappa', 'nonempty', 'length 0')
    counts.forEach((count, i) => void number(count, `kappa[${i}]`, { integer: true, min: 0, max: steps }))
    const h = Math.floor(steps / 2)
    return normalized(
      Float64Array.from(counts, (count) => {
        if (kind === 'discrete') return log((steps + 1 - count) / (steps + 1))
        const a = lambda + (5 * (h - count)) / h
        // (1 + tanh a) / 2 = sigmoid(2 a), and log sigmoid(a) = -softplus(-a).
        return -softplus(kind === 'tanh' ? -2 * a : -a)
      }),
    )
  })
}
