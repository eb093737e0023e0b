import type { AdaptiveKernels } from './adaptive.ts'
import { exp } from './exp-log.ts'
import { axpy32, dot32 } from './plain-float32.ts'
import { axpy, dot } from './plain-matrices.ts'
import { largest, peak, squaredNorm } from './plain-norms.ts'

const { abs, fround, max, sqrt } = Math

type Floats = Float64Array | Float32Array
type Dot<A> = (n: number, x: A, y: A) => number

/** The kernels of AdamP on rows, for either kind of numbers. */
function onRows<A extends Floats>(dotOf: Dot<A>, axpyOf: (n: number, alpha: number, x: A, y: A) => void) {
  const row = (matrix: A, i: number, n: number) => matrix.subarray(i * n, (i + 1) * n) as A
  return {
    largestCosine(rows: number, n: number, x: A, y: A, floor: number): number {
      let largest = 0
      for (let i = 0; i < rows; i++) {
        const [a, b] = [row(x, i, n), row(y, i, n)]
        const lengths = max(sqrt(dotOf(n, a, a)), floor) * max(sqrt(dotOf(n, b, b)), floor)
        largest = max(largest, abs(dotOf(n, a, b)) / lengths)
      }
      return largest
    },
    projectRows(rows: number, n: number, x: A, u: A, epsilon: number): void {
      for (let i = 0; i < rows; i++) {
        const [a, b] = [row(x, i, n), row(u, i, n)]
        const length = sqrt(dotOf(n, a, a)) + epsilon
        axpyOf(n, -dotOf(n, a, b) / (length * length), a, b)
      }
    },
  }
}

export const plainAdaptive: AdaptiveKernels<Float64Array> = {
  ...onRows<Float64Array>(dot, axpy),
  largest,
  peak,
  squaredNorm,

  scaleAbove(n, x, limit, factor) {
    for (let i = 0; i < n; i++) if (abs(x[i]) > limit) x[i] *= factor
  },

  adamDirection(n, m, v, g, correction2, beta1, beta2, epsilon, nesterov) {
    for (let i = 0; i < n; i++) {
      const fresh = (1 - beta1) * g[i]
      const first = (m[i] = beta1 * m[i] + fresh)
      const second = (v[i] = beta2 * v[i] + (1 - beta2) * (g[i] * g[i]))
      g[i] = (nesterov ? beta1 * first + fresh : first) / (sqrt(second * correction2) + epsilon)
    }
  },

  diffgrad(n, p, m, v, q, g, stepSize, keep, beta1, beta2, epsilon, l2) {
    for (let i = 0; i < n; i++) {
      const gradient = l2 * p[i] + g[i]
      const first = (m[i] = beta1 * m[i] + (1 - beta1) * gradient)
      const second = (v[i] = beta2 * v[i] + (1 - beta2) * (gradient * gradient))
      const rub = 1 + exp(-abs(q[i] - gradient))
      q[i] = gradient
      p[i] = keep * p[i] - (stepSize * first) / (rub * (sqrt(second) + epsilon))
    }
  },

  adahessian(n, p, m, v, g, d, stepSize, correction2, keep, beta1, beta2, epsilon) {
    for (let i = 0; i < n; i++) {
      const first = (m[i] = beta1 * m[i] + (1 - beta1) * g[i])
      const second = (v[i] = beta2 * v[i] + (1 - beta2) * (d[i] * d[i]))
      p[i] = keep * p[i] - (stepSize * first) / (sqrt(second * correction2) + epsilon)
    }
  },
}

export const plainAdaptive32: AdaptiveKernels<Float32Array> = {
  ...onRows<Float32Array>(dot32, axpy32),
  largest,
  peak,
  squaredNorm,

  scaleAbove(n, x, limit, factor) {
    const [bound, scale] = [fround(limit), fround(factor)]
    for (let i = 0; i < n; i++) if (abs(x[i]) > bound) x[i] = fround(scale * x[i])
  },

  adamDirection(n, m, v, g, correction2, beta1, beta2, epsilon, nesterov) {
    const [b1, c1, b2, c2] = [fround(beta1), fround(1 - beta1), fround(beta2), fround(1 - beta2)]
    const [correct, eps] = [fround(correction2), fround(epsilon)]
    for (let i = 0; i < n; i++) {
      const fresh = fround(c1 * g[i])
      const first = fround(fround(b1 * m[i]) + fresh)
      const second = fround(fround(b2 * v[i]) + fround(c2 * fround(g[i] * g[i])))
      m[i] = first
      v[i] = second
      const ahead = nesterov ? fround(fround(b1 * first) + fresh) : first
      g[i] = ahead / fround(fround(sqrt(fround(second * correct))) + eps)
    }
  },

  diffgrad(n, p, m, v, q, g, stepSize, keep, beta1, beta2, epsilon, l2) {
    const [b1, c1, b2, c2] = [fround(beta1), fround(1 - beta1), fround(beta2), fround(1 - beta2)]
    const [rate, decay, eps, pull] = [fround(stepSize), fround(keep), fround(epsilon), fround(l2)]
    for (let i = 0; i < n; i++) {
      const gradient = fround(fround(pull * p[i]) + g[i])
      const first = fround(fround(b1 * m[i]) + fround(c1 * gradient))
      const second = fround(fround(b2 * v[i]) + fround(c2 * fround(gradient * gradient)))
      const rub = fround(1 + fround(exp(-abs(fround(q[i] - gradient)))))
      m[i] = first
      v[i] = second
      q[i] = gradient
      const root = fround(rub * fround(fround(sqrt(second)) + eps))
      p[i] = fround(decay * p[i]) - fround(fround(rate * first) / root)
    }
  },

  adahessian(n, p, m, v, g, d, stepSize, correction2, keep, beta1, beta2, epsilon) {
    const [b1, c1, b2, c2] = [fround(beta1), fround(1 - beta1), fround(beta2), fround(1 - beta2)]
    const [rate, correct, decay, eps] = [fround(stepSize), fround(correction2), fround(keep), fround(epsilon)]
    for (let i = 0; i < n; i++) {
      const first = fround(fround(b1 * m[i]) + fround(c1 * g[i]))
      const second = fround(fround(b2 * v[i]) + fround(c2 * fround(d[i] * d[i])))
      m[i] = first
      v[i] = second
      const root = fround(fround(sqrt(fround(second * correct))) + eps)
      p[i] = fround(decay * p[i]) - fround(fround(rate * first) / root)
    }
  },
}
