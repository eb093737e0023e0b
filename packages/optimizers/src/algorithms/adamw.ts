import { type FusedUpdate, fusedUpdate, type Numbers } from '../slots/fused-update.ts'

/** The numbers of {@link adamw}. */
export type AdamWNumbers = 'stepSize' | 'correction2' | 'decayFactor' | 'beta1' | 'beta2' | 'epsilon'

/** Adds rest1 = 1 - beta1 and rest2 = 1 - beta2 to the numbers. */
export const momentRates = <N extends Numbers<'beta1' | 'beta2'>>(numbers: N): N & Numbers<'rest1' | 'rest2'> => ({
  ...numbers,
  rest1: 1 - numbers.beta1,
  rest2: 1 - numbers.beta2,
})

/**
 * The update of AdamW on 'parameter', 'mean', 'meanSquare' and 'gradient':
 *
 *     m = beta1 m + (1 - beta1) g,   v = beta2 v + (1 - beta2) g^2
 *     x = decayFactor x - stepSize m / (sqrt(correction2 v) + epsilon)
 *
 * At step t, stepSize = learningRate / (1 - beta1^t), correction2 = 1 / (1 - beta2^t) and
 * decayFactor = 1 - learningRate weightDecay. A package that applies it in WebAssembly re-exports
 * `adamw` and `adamw32` from packages/optimizers/assembly/adamw.ts in its own module.
 */
export const adamw: FusedUpdate<AdamWNumbers> = /* @__PURE__ */ fusedUpdate({
  name: 'adamw',
  writes: ['parameter', 'mean', 'meanSquare'],
  reads: ['gradient'],
  numbers: ['stepSize', 'correction2', 'decayFactor', 'beta1', 'beta2', 'epsilon'],
  coefficients: momentRates<Numbers<AdamWNumbers>>,
  plain(n, { parameter: x, mean: m, meanSquare: v, gradient: g }, coefficients, round) {
    const { stepSize, correction2, decayFactor, beta1, rest1, beta2, rest2, epsilon } = coefficients
    for (let i = 0; i < n; i++) {
      const first = round(round(beta1 * m[i]) + round(rest1 * g[i]))
      const second = round(round(beta2 * v[i]) + round(rest2 * round(g[i] * g[i])))
      m[i] = first
      v[i] = second
      const root = round(round(Math.sqrt(round(second * correction2))) + epsilon)
      x[i] = round(decayFactor * x[i]) - round(round(stepSize * first) / root)
    }
  },
  wgsl: `
  let g = gradient[i];
  let first = p.beta1 * mean[i] + p.rest1 * g;
  let second = p.beta2 * meanSquare[i] + p.rest2 * (g * g);
  mean[i] = first;
  meanSquare[i] = second;
  parameter[i] = p.decayFactor * parameter[i] - (p.stepSize * first) / (sqrt(second * p.correction2) + p.epsilon);`,
})
