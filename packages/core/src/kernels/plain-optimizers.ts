import type { OptimizerKernels } from './optimizers.ts'
import { plainAdaptive, plainAdaptive32 } from './plain-adaptive.ts'
import { nonFinite } from './plain-matrices.ts'

const { fround, sqrt } = Math

/** The optimizer updates in plain JavaScript, for any views: what {@link allocateUpdates} gives where there is no WebAssembly. */
export const plainUpdates: OptimizerKernels = {
  ...plainAdaptive,
  adamDirection32: plainAdaptive32.adamDirection,
  largestCosine32: plainAdaptive32.largestCosine,
  projectRows32: plainAdaptive32.projectRows,
  diffgrad32: plainAdaptive32.diffgrad,
  adahessian32: plainAdaptive32.adahessian,
  largest32: plainAdaptive32.largest,
  peak32: plainAdaptive32.peak,
  squaredNorm32: plainAdaptive32.squaredNorm,
  scaleAbove32: plainAdaptive32.scaleAbove,

  lion(n, p, m, g, learningRate, weightDecay, beta1, beta2) {
    const keep = 1 - learningRate * weightDecay
    for (let i = 0; i < n; i++) {
      const c = beta1 * m[i] + (1 - beta1) * g[i]
      p[i] = keep * p[i] - (c > 0 ? learningRate : c < 0 ? -learningRate : c === 0 ? 0 : c)
      m[i] = beta2 * m[i] + (1 - beta2) * g[i]
    }
  },

  lion32(n, p, m, g, learningRate, weightDecay, beta1, beta2) {
    const b1 = fround(beta1)
    const c1 = fround(1 - beta1)
    const b2 = fround(beta2)
    const c2 = fround(1 - beta2)
    const keep = fround(1 - learningRate * weightDecay)
    const rate = fround(learningRate)
    for (let i = 0; i < n; i++) {
      const c = fround(fround(b1 * m[i]) + fround(c1 * g[i]))
      p[i] = fround(keep * p[i]) - (c > 0 ? rate : c < 0 ? -rate : c === 0 ? 0 : c)
      m[i] = fround(b2 * m[i]) + fround(c2 * g[i])
    }
  },

  adamw(n, p, m, v, g, stepSize, correction2, keep, beta1, beta2, epsilon) {
    for (let i = 0; i < n; i++) {
      const first = (m[i] = beta1 * m[i] + (1 - beta1) * g[i])
      const second = (v[i] = beta2 * v[i] + (1 - beta2) * (g[i] * g[i]))
      p[i] = keep * p[i] - (stepSize * first) / (sqrt(second * correction2) + epsilon)
    }
  },

  adamw32(n, p, m, v, g, stepSize, correction2, keep, beta1, beta2, epsilon) {
    const b1 = fround(beta1)
    const c1 = fround(1 - beta1)
    const b2 = fround(beta2)
    const c2 = fround(1 - beta2)
    const rate = fround(stepSize)
    const correct = fround(correction2)
    const decay = fround(keep)
    const eps = fround(epsilon)
    for (let i = 0; i < n; i++) {
      const first = fround(fround(b1 * m[i]) + fround(c1 * g[i]))
      const second = fround(fround(b2 * v[i]) + fround(c2 * fround(g[i] * g[i])))
      m[i] = first
      v[i] = second
      const root = fround(fround(sqrt(fround(second * correct))) + eps)
      p[i] = fround(decay * p[i]) - fround(fround(rate * first) / root)
    }
  },

  adam(n, p, m, v, g, stepSize, correction2, keep, beta1, beta2, epsilon, l2) {
    for (let i = 0; i < n; i++) {
      const gradient = l2 * p[i] + g[i]
      const first = (m[i] = beta1 * m[i] + (1 - beta1) * gradient)
      const second = (v[i] = beta2 * v[i] + (1 - beta2) * (gradient * gradient))
      p[i] = keep * p[i] - (stepSize * first) / (sqrt(second * correction2) + epsilon)
    }
  },

  adam32(n, p, m, v, g, stepSize, correction2, keep, beta1, beta2, epsilon, l2) {
    const b1 = fround(beta1)
    const c1 = fround(1 - beta1)
    const b2 = fround(beta2)
    const c2 = fround(1 - beta2)
    const rate = fround(stepSize)
    const correct = fround(correction2)
    const decay = fround(keep)
    const eps = fround(epsilon)
    const pull = fround(l2)
    for (let i = 0; i < n; i++) {
      const gradient = fround(fround(pull * p[i]) + g[i])
      const first = fround(fround(b1 * m[i]) + fround(c1 * gradient))
      const second = fround(fround(b2 * v[i]) + fround(c2 * fround(gradient * gradient)))
      m[i] = first
      v[i] = second
      const root = fround(fround(sqrt(fround(second * correct))) + eps)
      p[i] = fround(decay * p[i]) - fround(fround(rate * first) / root)
    }
  },

  amsgrad(n, p, m, v, w, g, stepSize, correction2, keep, beta1, beta2, epsilon, l2) {
    for (let i = 0; i < n; i++) {
      const gradient = l2 * p[i] + g[i]
      const first = (m[i] = beta1 * m[i] + (1 - beta1) * gradient)
      const second = (v[i] = beta2 * v[i] + (1 - beta2) * (gradient * gradient))
      const largest = w[i] < second ? (w[i] = second) : w[i]
      p[i] = keep * p[i] - (stepSize * first) / (sqrt(largest * correction2) + epsilon)
    }
  },

  amsgrad32(n, p, m, v, w, g, stepSize, correction2, keep, beta1, beta2, epsilon, l2) {
    const b1 = fround(beta1)
    const c1 = fround(1 - beta1)
    const b2 = fround(beta2)
    const c2 = fround(1 - beta2)
    const rate = fround(stepSize)
    const correct = fround(correction2)
    const decay = fround(keep)
    const eps = fround(epsilon)
    const pull = fround(l2)
    for (let i = 0; i < n; i++) {
      const gradient = fround(fround(pull * p[i]) + g[i])
      const first = fround(fround(b1 * m[i]) + fround(c1 * gradient))
      const second = fround(fround(b2 * v[i]) + fround(c2 * fround(gradient * gradient)))
      m[i] = first
      v[i] = second
      if (w[i] < second) w[i] = second
      const root = fround(fround(sqrt(fround(w[i] * correct))) + eps)
      p[i] = fround(decay * p[i]) - fround(fround(rate * first) / root)
    }
  },

  descend(n, p, g, learningRate, keep, l2) {
    for (let i = 0; i < n; i++) p[i] = keep * p[i] - learningRate * (l2 * p[i] + g[i])
  },

  descend32(n, p, g, learningRate, keep, l2) {
    const rate = fround(learningRate)
    const decay = fround(keep)
    const pull = fround(l2)
    for (let i = 0; i < n; i++) p[i] = fround(decay * p[i]) - fround(rate * fround(fround(pull * p[i]) + g[i]))
  },

  sgd(n, p, b, g, learningRate, keep, l2, momentum, gain, nesterov) {
    for (let i = 0; i < n; i++) {
      const gradient = l2 * p[i] + g[i]
      const velocity = (b[i] = momentum * b[i] + gain * gradient)
      const direction = nesterov ? momentum * velocity + gradient : velocity
      p[i] = keep * p[i] - learningRate * direction
    }
  },

  sgd32(n, p, b, g, learningRate, keep, l2, momentum, gain, nesterov) {
    const rate = fround(learningRate)
    const decay = fround(keep)
    const pull = fround(l2)
    const mu = fround(momentum)
    const share = fround(gain)
    for (let i = 0; i < n; i++) {
      const gradient = fround(fround(pull * p[i]) + g[i])
      const velocity = fround(fround(mu * b[i]) + fround(share * gradient))
      b[i] = velocity
      const direction = nesterov ? fround(fround(mu * velocity) + gradient) : velocity
      p[i] = fround(decay * p[i]) - fround(rate * direction)
    }
  },

  rmsprop(n, p, s, a, b, g, learningRate, keep, l2, alpha, epsilon, momentum, centered) {
    for (let i = 0; i < n; i++) {
      const gradient = l2 * p[i] + g[i]
      let second = (s[i] = alpha * s[i] + (1 - alpha) * (gradient * gradient))
      if (centered) {
        const mean = (a[i] = alpha * a[i] + (1 - alpha) * gradient)
        second -= mean * mean
        if (second < 0) second = 0
      }
      let direction = gradient / (sqrt(second) + epsilon)
      if (momentum > 0) direction = b[i] = momentum * b[i] + direction
      p[i] = keep * p[i] - learningRate * direction
    }
  },

  rmsprop32(n, p, s, a, b, g, learningRate, keep, l2, alpha, epsilon, momentum, centered) {
    const rate = fround(learningRate)
    const decay = fround(keep)
    const pull = fround(l2)
    const old = fround(alpha)
    const fresh = fround(1 - alpha)
    const eps = fround(epsilon)
    const mu = fround(momentum)
    for (let i = 0; i < n; i++) {
      const gradient = fround(fround(pull * p[i]) + g[i])
      let second = fround(fround(old * s[i]) + fround(fresh * fround(gradient * gradient)))
      s[i] = second
      if (centered) {
        const mean = fround(fround(old * a[i]) + fround(fresh * gradient))
        a[i] = mean
        second = fround(second - fround(mean * mean))
        if (second < 0) second = 0
      }
      let direction = fround(gradient / fround(fround(sqrt(second)) + eps))
      if (momentum > 0) b[i] = direction = fround(fround(mu * b[i]) + direction)
      p[i] = fround(decay * p[i]) - fround(rate * direction)
    }
  },

  adagrad(n, p, s, g, learningRate, keep, l2, epsilon) {
    for (let i = 0; i < n; i++) {
      const gradient = l2 * p[i] + g[i]
      const sum = (s[i] = gradient * gradient + s[i])
      p[i] = keep * p[i] - (learningRate * gradient) / (sqrt(sum) + epsilon)
    }
  },

  adagrad32(n, p, s, g, learningRate, keep, l2, epsilon) {
    const rate = fround(learningRate)
    const decay = fround(keep)
    const pull = fround(l2)
    const eps = fround(epsilon)
    for (let i = 0; i < n; i++) {
      const gradient = fround(fround(pull * p[i]) + g[i])
      const sum = fround(fround(gradient * gradient) + s[i])
      s[i] = sum
      p[i] = fround(decay * p[i]) - fround(fround(rate * gradient) / fround(fround(sqrt(sum)) + eps))
    }
  },

  nonFinite,
  nonFinite32: nonFinite,
}
