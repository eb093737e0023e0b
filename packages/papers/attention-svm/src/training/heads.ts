import { calling, type MatrixLike, matrixCopy, number, refuse, type VectorLike, vectorCopy } from '@opt/core'
import { product } from '../linear/product.ts'

/** What turns the mixture u of the tokens into a score: one of those here, or the caller's own. */
export interface Head {
  value(u: Float64Array): number
  /** Writes the gradient at u, d entries. */
  gradient(u: Float64Array, out: Float64Array): void
}

/**
 * The head v'u.
 *
 * @throws TypeError or RangeError when v is no vector.
 */
export function linearHead(v: VectorLike): Head {
  const own = calling('linearHead', () => vectorCopy(v, 'v'))
  return {
    value(u) {
      checkSize(u, own.length, 'linearHead')
      return product(own, 0, u, 0, u.length)
    },
    gradient(_, out) {
      checkSize(out, own.length, 'linearHead')
      out.set(own)
    },
  }
}

/**
 * The head a'max(0, V u).
 *
 * @param V k x d.
 * @param a k weights; default ones.
 * @throws TypeError or RangeError that names the wrong argument.
 */
export function reluHead(V: MatrixLike, a?: VectorLike): Head {
  return calling('reluHead', () => {
    const own = matrixCopy(V, 'V')
    const [k, d] = own.shape
    const weights = a === undefined ? new Float64Array(k).fill(1) : vectorCopy(a, 'a', { length: k })
    return {
      value(u) {
        checkSize(u, d, 'reluHead')
        let sum = 0
        for (let r = 0; r < k; r++) sum += weights[r] * Math.max(0, product(own.data, r * d, u, 0, d))
        return sum
      },
      gradient(u, out) {
        out.fill(0)
        for (let r = 0; r < k; r++)
          if (product(own.data, r * d, u, 0, d) > 0)
            for (let j = 0; j < d; j++) out[j] += weights[r] * own.data[r * d + j]
      },
    }
  })
}

/**
 * The head v'u - lambda |u|^2, for which attention spreads over more tokens the larger lambda is.
 *
 * @param lambda nonnegative.
 * @throws TypeError or RangeError that names the wrong argument.
 */
export function quadraticHead(v: VectorLike, lambda: number): Head {
  const own = calling('quadraticHead', () => {
    number(lambda, 'lambda', { nonnegative: true })
    return vectorCopy(v, 'v')
  })
  return {
    value(u) {
      checkSize(u, own.length, 'quadraticHead')
      return product(own, 0, u, 0, u.length) - lambda * product(u, 0, u, 0, u.length)
    },
    gradient(u, out) {
      for (let j = 0; j < own.length; j++) out[j] = own[j] - 2 * lambda * u[j]
    },
  }
}

function checkSize(u: Float64Array, d: number, name: string): void {
  if (u.length !== d) refuse(`${name}: a token`, `of ${d} entries, like the head`, `${u.length}`)
}
