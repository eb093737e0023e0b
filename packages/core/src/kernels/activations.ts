import { wasm } from '../activations-wasm.ts'
import { sigmoid, softplus, tanh } from '../math/exponential.ts'
import type { Floats } from './matrix-view.ts'
import { type KernelDefinition, type KernelSet, kernel, kernelSet } from './set.ts'
import { isSingle } from './vectors.ts'

/** A loop over n numbers of x and y, both of float64 or both of float32; y may be x. */
type Elementwise = <A extends Floats>(n: number, x: A, y: A) => void

/**
 * Softplus, the logistic function and tanh over the first n entries, each with the bits of `softplus`, `sigmoid` and
 * `tanh`; in float32 computed in float64 and rounded once.
 */
export interface ActivationKernels {
  /** Writes y = log(1 + exp x). */
  vsoftplus: Elementwise
  /** Writes y = 1 / (1 + exp -x). */
  vsigmoid: Elementwise
  /** Writes y = tanh x. */
  vtanh: Elementwise
  /** Writes y *= p with p = 1 / (1 + exp -x), the slope of softplus. */
  timesSigmoid: Elementwise
  /** Writes y *= p (1 - p) with p = 1 / (1 + exp -x), the curvature of softplus. */
  timesSigmoidSlope: Elementwise
  /** Writes y = log(1 + exp x) and its slope 1 / (1 + exp -x), in float64, from one exponential. */
  softplusAndSlope(n: number, x: Float64Array, y: Float64Array, slope: Float64Array): void
}

/** Makes a kernel of the plain loop that `loop` makes: one for each precision, since one that sees both is slow on either. */
function elementwise(name: string, loop: () => Loop): KernelDefinition<Elementwise> {
  return kernel(
    { [name]: loop(), [`${name}32`]: loop() },
    ({ [name]: double, [`${name}32`]: single }) =>
      (n, x, y) =>
        isSingle(x) ? single(n, x, y) : double(n, x, y),
  )
}
type Loop = (n: number, x: Floats, y: Floats) => void

/** Loops that write f(x), and that multiply by it: a store into float32 rounds. */
const writes = (f: (x: number) => number) => (): Loop => (n, x, y) => {
  for (let i = 0; i < n; i++) y[i] = f(x[i])
}
const multiplies = (f: (x: number) => number) => (): Loop => (n, x, y) => {
  for (let i = 0; i < n; i++) y[i] *= f(x[i])
}

function sigmoidSlope(x: number): number {
  const p = sigmoid(x)
  return p * (1 - p)
}

const softplusAndSlope: ActivationKernels['softplusAndSlope'] = (n, x, y, slope) => {
  for (let i = 0; i < n; i++) {
    const value = x[i]
    y[i] = softplus(value)
    slope[i] = sigmoid(value)
  }
}

/** The set of {@link ActivationKernels}. */
export const activationKernels: KernelSet<ActivationKernels> = /* @__PURE__ */ kernelSet(wasm, {
  vsoftplus: /* @__PURE__ */ elementwise('vsoftplus', /* @__PURE__ */ writes(softplus)),
  vsigmoid: /* @__PURE__ */ elementwise('vsigmoid', /* @__PURE__ */ writes(sigmoid)),
  vtanh: /* @__PURE__ */ elementwise('vtanh', /* @__PURE__ */ writes(tanh)),
  timesSigmoid: /* @__PURE__ */ elementwise('timesSigmoid', /* @__PURE__ */ multiplies(sigmoid)),
  timesSigmoidSlope: /* @__PURE__ */ elementwise('timesSigmoidSlope', /* @__PURE__ */ multiplies(sigmoidSlope)),
  softplusAndSlope,
})
