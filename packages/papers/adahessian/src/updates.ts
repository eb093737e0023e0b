import { type Program, pow } from '@opt/core'
import { type FusedUpdate, fusedUpdate, type Numbers, type SlotOperation } from '@opt/optimizers'

/** The numbers of an update. */
export type AdaHessianNumbers = 'stepSize' | 'correction2' | 'decayFactor' | 'beta1' | 'beta2' | 'epsilon'

const rates = <N extends Numbers<AdaHessianNumbers>>(numbers: N) => ({
  ...numbers,
  rest1: 1 - numbers.beta1,
  rest2: 1 - numbers.beta2,
})

const MOMENTS = `
  let first = p.beta1 * mean[i] + p.rest1 * gradient[i];
  let second = p.beta2 * meanSquare[i] + p.rest2 * (products[i] * products[i]);
  mean[i] = first;
  meanSquare[i] = second;`

/** A step with the estimate of the Hessian's diagonal in 'products'. */
export const adahessian: FusedUpdate<AdaHessianNumbers> = /* @__PURE__ */ fusedUpdate({
  name: 'adahessian',
  writes: ['parameter', 'mean', 'meanSquare'],
  reads: ['gradient', 'products'],
  numbers: ['stepSize', 'correction2', 'decayFactor', 'beta1', 'beta2', 'epsilon'],
  coefficients: rates<Numbers<AdaHessianNumbers>>,
  plain(n, { parameter: x, mean: m, meanSquare: v, gradient: g, products: d }, coefficients, round) {
    const { stepSize, correction2, decayFactor, beta1, rest1, beta2, rest2, epsilon } = coefficients
    for (let i = 0; i < n; i++) {
      const first = round(round(beta1 * m[i]) + round(rest1 * g[i]))
      const second = round(round(beta2 * v[i]) + round(rest2 * round(d[i] * d[i])))
      m[i] = first
      v[i] = second
      const root = round(round(Math.sqrt(round(second * correction2))) + epsilon)
      x[i] = round(decayFactor * x[i]) - round(round(stepSize * first) / root)
    }
  },
  wgsl: `${MOMENTS}
  parameter[i] = p.decayFactor * parameter[i] - (p.stepSize * first) / (sqrt(second * p.correction2) + p.epsilon);`,
})

const powerProgram: Program = {
  name: 'adahessianPower',
  reads: ['gradient', 'products'],
  writes: ['parameter', 'mean', 'meanSquare'],
  numbers: ['stepSize', 'correction2', 'decayFactor', 'beta1', 'rest1', 'beta2', 'rest2', 'epsilon', 'power'],
  each: 'n',
  // 0^0 = 1.
  body: `${MOMENTS}
  let square = second * p.correction2;
  let flat = select(0.0, 1.0, p.power == 0.0);
  let curvature = select(flat, pow(square, 0.5 * p.power), square > 0.0);
  parameter[i] = p.decayFactor * parameter[i] - (p.stepSize * first) / (curvature + p.epsilon);`,
}

/** {@link adahessian} with (correction2 v)^(power / 2) in place of the root; in memory computed in float64. */
export const adahessianPower: SlotOperation<Numbers<AdaHessianNumbers | 'power'>> = {
  memory({ length, parameter, gradient, arrays, inputs }, numbers) {
    const { stepSize, correction2, decayFactor, beta1, beta2, epsilon, power } = numbers
    const { mean, meanSquare } = arrays
    const { products } = inputs
    for (let i = 0; i < length; i++) {
      mean[i] = beta1 * mean[i] + (1 - beta1) * gradient[i]
      meanSquare[i] = beta2 * meanSquare[i] + (1 - beta2) * products[i] * products[i]
      const curvature = pow(meanSquare[i] * correction2, 0.5 * power)
      parameter[i] = decayFactor * parameter[i] - (stepSize * mean[i]) / (curvature + epsilon)
    }
  },
  device: (slot, numbers) => slot.run(powerProgram, rates(numbers)),
}
