import { type Matrix, type MatrixLike, matrix, options, refuse, show, type VectorLike, vector } from '@opt/core'
import ndarray from 'ndarray'
import { norm } from './measures.ts'
import { PatternSet, type Patterns, writePattern } from './patterns.ts'

/** A two-layer network f(x) = sum_j output_j max(0, x . hidden_j), as plain numbers. It may have no neuron: f is then 0. */
export interface Network {
  /** m x d, a row a neuron. */
  hidden: Matrix
  /** m. */
  output: Float64Array
}

/** What is taken for a network. */
export interface NetworkLike {
  hidden: MatrixLike
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

/** Checks a network for d inputs; none for any. */
export function takeNetwork(network: NetworkLike, d: number | undefined, label = 'network'): Network {
  if (typeof network !== 'object' || network === null || !('hidden' in network) || !('output' in network))
    refuse(label, 'a network { hidden, output }', show(network), 'type')
  if (lengthOf(network.hidden) === 0 && lengthOf(network.output) === 0)
    return { hidden: ndarray(new Float64Array(0), [0, d ?? 0]), output: new Float64Array(0) }
  const hidden = matrix(network.hidden, `${label}.hidden`, d === undefined ? {} : { columns: d })
  return { hidden, output: vector(network.output, `${label}.output`, { length: hidden.shape[0] }) }
}

/** f(x) for the rows x of X (n x d, row-major). */
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

/** Refuses values that have overflown. */
export function finiteValues(f: Float64Array, label: string): Float64Array {
  f.forEach((v, k) => {
    if (!Number.isFinite(v)) refuse(`${label}[${k}]`, 'of a finite value', String(v))
  })
  return f
}

/**
 * The network's values.
 *
 * @param X n x d.
 * @returns n numbers.
 * @throws RangeError when X and the network do not fit, or a value overflows.
 */
export function predict(network: NetworkLike, X: MatrixLike): Float64Array {
  const x = matrix(X, 'predict: X')
  return finiteValues(forward(takeNetwork(network, x.shape[1], 'predict: network'), x.data, x.shape[0]), 'predict: X')
}

/**
 * The network of convex weights: a nonzero v becomes a neuron v / sqrt(||v||) with output weight sqrt(||v||), a nonzero w one with
 * -sqrt(||w||); all v first, then all w. For feasible weights the network has the convex program's objective.
 */
export function toNetwork(given: { v: MatrixLike; w: MatrixLike }): Network {
  const weights = options(given, 'toNetwork: weights')
  const v = matrix(weights.v, 'toNetwork: weights.v')
  const [count, d] = v.shape as [number, number]
  const w = matrix(weights.w, 'toNetwork: weights.w', { rows: count, columns: d })
  const hidden: number[] = []
  const output: number[] = []
  for (const [half, sign] of [
    [v.data, 1],
    [w.data, -1],
  ] as const)
    for (let i = 0; i < count; i++) {
      const block = half.subarray(i * d, (i + 1) * d)
      const root = Math.sqrt(norm(block))
      if (root === 0) continue
      if (root === Infinity) refuse(`toNetwork: weights.${sign > 0 ? 'v' : 'w'}[${i}]`, 'of finite length', 'more')
      for (const entry of block) hidden.push(entry / root)
      output.push(sign * root)
    }
  return { hidden: ndarray(Float64Array.from(hidden), [output.length, d]), output: Float64Array.from(output) }
}

/**
 * The convex weights of a network on the rows of X: neurons are grouped by their pattern 1[X u >= 0] and added up as u |alpha|.
 * They are feasible, predict the same, and their objective is not above the network's.
 *
 * @returns the patterns in the order of their first neuron, and the weights.
 * @throws RangeError when no neuron has a nonzero output weight.
 */
export function fromNetwork(network: NetworkLike, X: MatrixLike): { patterns: Patterns; weights: ConvexWeights } {
  const x = matrix(X, 'fromNetwork: X')
  const [n, d] = x.shape as [number, number]
  const { hidden, output } = takeNetwork(network, d, 'fromNetwork: network')
  const set = new PatternSet(n)
  const groups = new Map<string, [v: Float64Array, w: Float64Array]>()
  const bits = new Uint8Array(n)
  for (let j = 0; j < output.length; j++) {
    if (output[j] === 0) continue
    const u = hidden.data.subarray(j * d, (j + 1) * d)
    writePattern(x.data, d, u, bits)
    set.add(bits)
    const key = bits.join('')
    const group = groups.get(key) ?? [new Float64Array(d), new Float64Array(d)]
    groups.set(key, group)
    const half = group[output[j] > 0 ? 0 : 1]
    for (let i = 0; i < d; i++) half[i] += u[i] * Math.abs(output[j])
  }
  if (set.count === 0) refuse('fromNetwork: network', 'a network with a nonzero output weight', 'none')
  const half = (side: 0 | 1): Matrix => {
    const data = new Float64Array(set.count * d)
    for (const [i, group] of [...groups.values()].entries()) data.set(group[side], i * d)
    return ndarray(data, [set.count, d])
  }
  return { patterns: set.patterns(), weights: { v: half(0), w: half(1) } }
}
