import { type Matrix, type MatrixLike, matrix, options, refuse, show, type VectorLike, vector } from '@opt/core'
import ndarray from 'ndarray'
import { PatternSet, type Patterns, writePattern } from '../patterns/patterns.ts'
import { safeNorm } from './certificate.ts'

/** A two-layer network f(x) = sum_j output_j max(0, x . hidden_j), as plain numbers. Without neurons, f is 0. */
export interface Network {
  /** m x d, a neuron in each row. */
  hidden: Matrix
  /** m. */
  output: Float64Array
}

/** A network given as any matrix and vector. */
export interface NetworkLike {
  /** m x d, a neuron in each row. */
  hidden: MatrixLike
  /** m. */
  output: VectorLike
}

/** Weights of the convex program: a pair (v_i, w_i) for every pattern, P x d each. */
export interface ConvexWeights {
  v: Matrix
  w: Matrix
}

const lengthOf = (x: unknown): unknown =>
  typeof x !== 'object' || x === null
    ? undefined
    : ((x as { shape?: number[] }).shape?.[0] ?? (x as { rows?: number }).rows ?? (x as { length?: number }).length)

/** Checks a network of d inputs. */
export function checkNetwork(network: NetworkLike, d: number, label: string): Network {
  if (typeof network !== 'object' || network === null || !('hidden' in network) || !('output' in network))
    refuse(label, 'a network { hidden, output }', show(network), 'type')
  if (lengthOf(network.hidden) === 0 && lengthOf(network.output) === 0)
    return { hidden: ndarray(new Float64Array(0), [0, d]), output: new Float64Array(0) }
  const hidden = matrix(network.hidden, `${label}.hidden`, { columns: d })
  return { hidden, output: vector(network.output, `${label}.output`, { length: hidden.shape[0] }) }
}

/** Returns f(x) for the rows x of X (n x d, row-major). */
export function forward({ hidden, output }: Network, X: Float64Array, n: number): Float64Array {
  const d = X.length / n
  const f = new Float64Array(n)
  for (let k = 0; k < n; k++)
    for (let j = 0; j < output.length; j++) {
      let a = 0
      for (let i = 0; i < d; i++) a += X[k * d + i] * hidden.data[j * d + i]
      if (a > 0) f[k] += output[j] * a
    }
  return f
}

/** Writes the gradient of f at x, sum_j 1[x . hidden_j >= 0] output_j hidden_j, into g. */
export function gradientAt({ hidden, output }: Network, x: Float64Array, g: Float64Array): void {
  const d = g.length
  g.fill(0)
  for (let j = 0; j < output.length; j++) {
    let sum = 0
    for (let i = 0; i < d; i++) sum += x[i] * hidden.data[j * d + i]
    if (sum >= 0) for (let i = 0; i < d; i++) g[i] += output[j] * hidden.data[j * d + i]
  }
}

/** Refuses values that overflowed. */
export function finiteValues(f: Float64Array, label: string): Float64Array {
  f.forEach((v, k) => {
    if (!Number.isFinite(v)) refuse(`${label}[${k}]`, 'of a finite value', String(v))
  })
  return f
}

/**
 * Returns the network's values at the rows of X.
 *
 * @param X n x d.
 * @returns n numbers.
 * @throws RangeError when X and the network do not fit together, or a value overflows.
 */
export function predict(network: NetworkLike, X: MatrixLike): Float64Array {
  const x = matrix(X, 'predict: X')
  const [n, d] = x.shape as [number, number]
  return finiteValues(forward(checkNetwork(network, d, 'predict: network'), x.data, n), 'predict: X')
}

/**
 * Returns the gradient of f with respect to its input at each row of X.
 *
 * @param X n x d.
 * @returns n x d.
 * @throws RangeError when X and the network do not fit together, or an entry overflows.
 */
export function inputGradient(network: NetworkLike, X: MatrixLike): Matrix {
  const x = matrix(X, 'inputGradient: X')
  const [n, d] = x.shape as [number, number]
  const checked = checkNetwork(network, d, 'inputGradient: network')
  const gradients = new Float64Array(n * d)
  for (let at = 0; at < n * d; at += d) gradientAt(checked, x.data.subarray(at, at + d), gradients.subarray(at, at + d))
  if (!gradients.every(Number.isFinite))
    refuse('inputGradient: network', 'of weights whose products are finite', 'larger ones')
  return ndarray(gradients, [n, d])
}

/**
 * Returns the network of convex weights: a nonzero v becomes a neuron v / sqrt(||v||) with output
 * weight sqrt(||v||), a nonzero w one with output weight -sqrt(||w||); all v first, then all w. For
 * feasible weights the network has the convex program's objective.
 *
 * @param given v and w, P x d each.
 * @throws RangeError when the shapes differ or a norm overflows.
 */
export function toNetwork(given: { v: MatrixLike; w: MatrixLike }): Network {
  const weights = options(given, 'toNetwork: weights')
  const v = matrix(weights.v, 'toNetwork: weights.v')
  const [count, d] = v.shape as [number, number]
  const w = matrix(weights.w, 'toNetwork: weights.w', { rows: count, columns: d })
  const hidden: number[] = []
  const output: number[] = []
  const add = (name: string, { data }: Matrix, sign: number) => {
    for (let i = 0; i < count; i++) {
      const block = data.subarray(i * d, (i + 1) * d)
      const root = Math.sqrt(safeNorm(block))
      if (root === 0) continue
      if (root === Infinity) refuse(`toNetwork: weights.${name}[${i}]`, 'of finite length', 'more')
      for (const entry of block) hidden.push(entry / root)
      output.push(sign * root)
    }
  }
  add('v', v, 1)
  add('w', w, -1)
  return { hidden: ndarray(Float64Array.from(hidden), [output.length, d]), output: Float64Array.from(output) }
}

/**
 * Returns the convex weights of a network on the rows of X: neurons with the same pattern
 * 1[X u >= 0] are summed as u |alpha|. The weights are feasible and predict the same; their
 * objective is at most the network's.
 *
 * @param X n x d.
 * @returns the patterns in the order of their first neuron, and the weights.
 * @throws RangeError when no neuron has a nonzero output weight.
 */
export function fromNetwork(network: NetworkLike, X: MatrixLike): { patterns: Patterns; weights: ConvexWeights } {
  const x = matrix(X, 'fromNetwork: X')
  const [n, d] = x.shape as [number, number]
  const { hidden, output } = checkNetwork(network, d, 'fromNetwork: network')
  const set = new PatternSet(n)
  const groups = new Map<string, { v: Float64Array; w: Float64Array }>()
  const bits = new Uint8Array(n)
  for (let j = 0; j < output.length; j++) {
    if (output[j] === 0) continue
    const u = hidden.data.subarray(j * d, (j + 1) * d)
    writePattern(x.data, d, u, bits)
    set.add(bits)
    const key = bits.join('')
    const group = groups.get(key) ?? { v: new Float64Array(d), w: new Float64Array(d) }
    groups.set(key, group)
    const sum = output[j] > 0 ? group.v : group.w
    for (let i = 0; i < d; i++) sum[i] += u[i] * Math.abs(output[j])
  }
  if (set.count === 0) refuse('fromNetwork: network', 'a network with a nonzero output weight', 'none')
  const stacked = (name: 'v' | 'w'): Matrix => {
    const data = new Float64Array(set.count * d)
    for (const [i, group] of [...groups.values()].entries()) data.set(group[name], i * d)
    return ndarray(data, [set.count, d])
  }
  return { patterns: set.patterns(), weights: { v: stacked('v'), w: stacked('w') } }
}
