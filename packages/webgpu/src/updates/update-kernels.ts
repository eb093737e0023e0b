import type { DeviceArray, UpdateKernels } from '@opt/core'
import { rates } from './elementwise.ts'
import type { Guarded } from './guarded.ts'
import * as programs from './programs.ts'
import { projectRows } from './rows.ts'

/** A kernel whose number the host would have to wait for. */
const later = (name: string) => (): never => {
  throw new Error(`${name}: on a device its number is not to be had within a step`)
}

/** Updates that answer nothing, and so need not be waited for. */
export type Updates = Omit<
  UpdateKernels<DeviceArray>,
  'largestCosine' | 'largest' | 'peak' | 'squaredNorm' | 'nonFinite'
>

/** The core's updates, on a device. */
export const updateKernels = (guarded: Guarded): UpdateKernels<DeviceArray> => ({
  lion: (n, x, m, g, rate, decay, beta1, beta2) =>
    guarded.each(programs.lion, n, { g, x, m }, { rate, keep: 1 - rate * decay, ...rates(beta1, beta2) }),
  adamw: (n, x, m, v, g, rate, correct, keep, beta1, beta2, epsilon) =>
    guarded.each(programs.adamw, n, { g, x, m, v }, { rate, correct, keep, ...rates(beta1, beta2), epsilon }),
  adam: (n, x, m, v, g, rate, correct, keep, beta1, beta2, epsilon, l2) =>
    guarded.each(programs.adam, n, { g, x, m, v }, { rate, correct, keep, ...rates(beta1, beta2), epsilon, l2 }),
  amsgrad: (n, x, m, v, w, g, rate, correct, keep, beta1, beta2, epsilon, l2) =>
    guarded.each(programs.amsgrad, n, { g, x, m, v, w }, { rate, correct, keep, ...rates(beta1, beta2), epsilon, l2 }),
  descend: (n, x, g, rate, keep, l2) => guarded.each(programs.descend, n, { g, x }, { rate, keep, l2 }),
  sgd: (n, x, b, g, rate, keep, l2, momentum, gain, nesterov) =>
    guarded.each(programs.sgd, n, { g, x, b }, { rate, keep, l2, momentum, gain, nesterov }),
  rmsprop(n, x, s, a, b, g, rate, keep, l2, alpha, epsilon, momentum, centered) {
    const program = programs.rmsprop[centered ? 1 : 0][momentum > 0 ? 1 : 0]
    guarded.each(program, n, { g, x, s, a, b }, { rate, keep, l2, alpha, rest: 1 - alpha, epsilon, momentum })
  },
  adagrad: (n, x, s, g, rate, keep, l2, epsilon) =>
    guarded.each(programs.adagrad, n, { g, x, s }, { rate, keep, l2, epsilon }),
  adamDirection: (n, m, v, g, correct, beta1, beta2, epsilon, nesterov) =>
    guarded.each(programs.adamDirection, n, { m, v, g }, { correct, ...rates(beta1, beta2), epsilon, nesterov }),
  projectRows(rows, n, x, u, epsilon) {
    guarded.check(projectRows, rows * n, { x, u })
    guarded.run(projectRows, { x, u }, { n, epsilon }, rows)
  },
  diffgrad: (n, x, m, v, q, g, rate, keep, beta1, beta2, epsilon, l2) =>
    guarded.each(programs.diffgrad, n, { g, x, m, v, q }, { rate, keep, ...rates(beta1, beta2), epsilon, l2 }),
  adahessian: (n, x, m, v, g, h, rate, correct, keep, beta1, beta2, epsilon) =>
    guarded.each(programs.adahessian, n, { g, h, x, m, v }, { rate, correct, keep, ...rates(beta1, beta2), epsilon }),
  scaleAbove: (n, x, limit, factor) => guarded.each(programs.scaleAbove, n, { x }, { limit, factor }),
  largestCosine: later('largestCosine'),
  largest: later('largest'),
  peak: later('peak'),
  squaredNorm: later('squaredNorm'),
  nonFinite: later('nonFinite'),
})
