import { sigmoid, tanh } from '@opt/core'
import { type Activation, elementwise, type ActivationName as NetworkActivation } from '@opt/nn'

/** The activations of the hidden units. */
export type ActivationName = 'sigmoid' | 'tanh' | 'relu'

export const ACTIVATIONS: readonly ActivationName[] = ['sigmoid', 'tanh', 'relu']

type Exponentials = (n: number, x: Float64Array, y: Float64Array) => number

/** Replaces n pre-activations z by activations; for the sigmoid -z. */
export function activate(name: ActivationName, n: number, a: Float64Array, vexp: Exponentials): void {
  if (name === 'sigmoid') {
    vexp(n, a, a)
    for (let i = 0; i < n; i++) a[i] = 1 / (1 + a[i])
  } else if (name === 'tanh') for (let i = 0; i < n; i++) a[i] = tanh(a[i])
  else for (let i = 0; i < n; i++) a[i] = Math.max(a[i], 0)
}

/** Multiplies n numbers by the slopes at activations a. */
export function timesSlope(name: ActivationName, n: number, a: Float64Array, d: Float64Array): void {
  if (name === 'sigmoid') for (let i = 0; i < n; i++) d[i] *= a[i] * (1 - a[i])
  else if (name === 'tanh') for (let i = 0; i < n; i++) d[i] *= 1 - a[i] * a[i]
  else for (let i = 0; i < n; i++) d[i] = a[i] > 0 ? d[i] : 0
}

/** The same activation for a network of @opt/nn. */
export function networkActivation(name: ActivationName): Activation | NetworkActivation {
  if (name !== 'sigmoid') return name
  return elementwise(
    'sigmoid',
    sigmoid,
    (_, a) => a * (1 - a),
    (_, a) => a * (1 - a) * (1 - 2 * a),
  )
}
