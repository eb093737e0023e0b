import { calling, type LinearOperator, number, options as optionsOf } from '@opt/core'
import { generatorOf, Products, type SeedOption, startVector } from '../operator.ts'

/** Options of {@link asymmetry}. */
export interface AsymmetryOptions extends SeedOption {
  /** Pairs of random vectors, two products each. Default 1. */
  pairs?: number | undefined
}

/**
 * Returns how far products are from those of a symmetric operator: the largest |x'Ay - y'Ax| over some pairs of random
 * vectors, relative to |Ax| |y| + |Ay| |x|. It is near the unit roundoff of the products when they are symmetric.
 *
 * @throws TypeError or RangeError when an argument is wrong or a product is not finite.
 */
export function asymmetry(operator: LinearOperator, options?: AsymmetryOptions): number {
  return calling('asymmetry', () => {
    const { pairs = 1, seed } = optionsOf(options, 'options', ['pairs', 'seed'])
    number(pairs, 'pairs', { integer: true, min: 1 })
    const products = new Products(operator)
    const { n } = products
    const rng = generatorOf(seed)
    const [Ax, Ay] = [new Float64Array(n), new Float64Array(n)]
    let worst = 0
    for (let pair = 0; pair < pairs; pair++) {
      const [x, y] = [startVector(n, undefined, rng), startVector(n, undefined, rng)]
      products.apply(x, Ax)
      products.apply(y, Ay)
      let [difference, across, along] = [0, 0, 0]
      for (let i = 0; i < n; i++) {
        difference += x[i] * Ay[i] - y[i] * Ax[i]
        across += Ax[i] * Ax[i]
        along += Ay[i] * Ay[i]
      }
      const size = Math.sqrt(across) + Math.sqrt(along)
      if (size > 0) worst = Math.max(worst, Math.abs(difference) / size)
    }
    return worst
  })
}
