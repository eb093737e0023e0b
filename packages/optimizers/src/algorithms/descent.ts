import { type FusedUpdate, fusedUpdate } from '../slots/fused-update.ts'

/**
 * Gradient descent on 'parameter' with 'gradient': x = decayFactor x - learningRate (l2 x + g). A
 * package that applies it in WebAssembly re-exports `descend` and `descend32` from
 * packages/optimizers/assembly/descend.ts in its own module.
 */
export const descend: FusedUpdate<'learningRate' | 'decayFactor' | 'l2'> = /* @__PURE__ */ fusedUpdate({
  name: 'descend',
  writes: ['parameter'],
  reads: ['gradient'],
  numbers: ['learningRate', 'decayFactor', 'l2'],
  plain(n, { parameter: x, gradient: g }, { learningRate, decayFactor, l2 }, round) {
    for (let i = 0; i < n; i++) x[i] = round(decayFactor * x[i]) - round(learningRate * round(round(l2 * x[i]) + g[i]))
  },
  wgsl: `
  let d = p.l2 * parameter[i] + gradient[i];
  parameter[i] = p.decayFactor * parameter[i] - p.learningRate * d;`,
})

/** The numbers of {@link sgd}; nesterov is 0 or 1. */
export type SGDNumbers = 'learningRate' | 'decayFactor' | 'l2' | 'momentum' | 'gain' | 'nesterov'

/**
 * Momentum on 'parameter' and 'velocity' with 'gradient', where d = l2 x + g:
 *
 *     b = momentum b + gain d,   x = decayFactor x - learningRate (nesterov ? d + momentum b : b)
 *
 * A package that applies it in WebAssembly re-exports `sgd` and `sgd32` from
 * packages/optimizers/assembly/sgd.ts in its own module.
 */
export const sgd: FusedUpdate<SGDNumbers> = /* @__PURE__ */ fusedUpdate({
  name: 'sgd',
  writes: ['parameter', 'velocity'],
  reads: ['gradient'],
  numbers: ['learningRate', 'decayFactor', 'l2', 'momentum', 'gain', 'nesterov'],
  plain(n, { parameter: x, velocity: b, gradient: g }, numbers, round) {
    const { learningRate, decayFactor, l2, momentum, gain, nesterov } = numbers
    for (let i = 0; i < n; i++) {
      const d = round(round(l2 * x[i]) + g[i])
      const velocity = round(round(momentum * b[i]) + round(gain * d))
      b[i] = velocity
      const direction = nesterov ? round(round(momentum * velocity) + d) : velocity
      x[i] = round(decayFactor * x[i]) - round(learningRate * direction)
    }
  },
  wgsl: `
  let d = p.l2 * parameter[i] + gradient[i];
  let b = p.momentum * velocity[i] + p.gain * d;
  velocity[i] = b;
  let direction = select(b, p.momentum * b + d, p.nesterov != 0.0);
  parameter[i] = p.decayFactor * parameter[i] - p.learningRate * direction;`,
})
