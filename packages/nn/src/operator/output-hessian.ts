import { exp, sigmoid } from '@opt/core'
import { type Loss, type LossName, lossOf } from '../layers/losses.ts'
import type { Real } from '../real.ts'
import type { ProductKernels } from './kernels.ts'

export type OutputKernels = Pick<ProductKernels, 'softmax'>

/**
 * The Hessian of a loss in the outputs of each example, with what it needs of n rows of outputs kept in their place.
 */
export interface OutputHessian {
  /** Makes what `apply` needs of the first k outputs in each row of `width`. */
  keep(n: number, k: number, width: number, kept: Real): void
  /** Writes h_i = share_i Hessian_i v_i. */
  apply(kernels: OutputKernels, n: number, k: number, kept: Real, targets: Real, shares: Real, v: Real, h: Real): void
}

/** Hessians that are diagonal. */
const diagonal = (entry: (z: number) => number): OutputHessian => ({
  keep(n, k, width, kept) {
    for (let row = 0; row < n * width; row += width) for (let j = row; j < row + k; j++) kept[j] = entry(kept[j])
  },
  apply(_kernels, n, k, kept, _targets, shares, v, h) {
    for (let i = 0, at = 0; i < n; i++) for (let j = 0; j < k; j++, at++) h[at] = shares[i] * kept[at] * v[at]
  },
})

/** diag(p) - p p', where p is the softmax of the outputs. */
const softmax: OutputHessian = {
  keep(n, k, width, kept) {
    for (let row = 0; row < n * width; row += width) {
      let top = kept[row]
      for (let j = 1; j < k; j++) top = Math.max(top, kept[row + j])
      let total = 0
      for (let j = row; j < row + k; j++) total += kept[j] = exp(kept[j] - top)
      for (let j = row; j < row + k; j++) kept[j] /= total
    }
  },
  apply(kernels, n, k, kept, _targets, shares, v, h) {
    kernels.softmax(n, k, kept, shares, v, h)
  },
}

/** Those of the losses of this package; that of the hinge loss is 0. */
const known: [LossName, OutputHessian][] = [
  ['cross-entropy', softmax],
  ['squared', diagonal(() => 1)],
  ['hinge', diagonal(() => 0)],
  [
    'logistic',
    diagonal((z) => {
      const p = sigmoid(z)
      return p * (1 - p)
    }),
  ],
]

/** Of a loss about which nothing else is known: the outputs are kept. */
const general = (loss: Loss): OutputHessian => ({
  keep() {},
  apply(_kernels, n, k, kept, targets, shares, v, h) {
    loss.hessianVector(n, k, kept, targets, 1, v, h)
    for (let i = 0, at = 0; i < n; i++) for (let j = 0; j < k; j++, at++) h[at] *= shares[i]
  },
})

const find = (loss: Loss): OutputHessian | undefined => known.find(([name]) => lossOf(name) === loss)?.[1]

/** Whether products with zeros in place of further outputs are zero there. */
export const isKnown = (loss: Loss): boolean => find(loss) !== undefined

/** Returns the Hessian of a loss. */
export const outputHessian = (loss: Loss): OutputHessian => find(loss) ?? general(loss)
