import {
  type Matrix,
  type MatrixLike,
  matrix,
  number,
  oneOf,
  type Random,
  refuse,
  options as takeOptions,
  type VectorLike,
  vector,
} from '@opt/core'
import ndarray from 'ndarray'
import { takeRandom } from './arguments.ts'
import { forward, type Network, type NetworkLike, takeNetwork } from './network.ts'
import { checkLabels, takePerturbed } from './problem.ts'

/** Options of the attacks: every perturbed feature moves by at most epsilon. */
export interface AttackOptions {
  epsilon: number
  /** Which features may be perturbed, d flags (default all; a column of ones should not be). */
  perturbed?: ArrayLike<boolean | number>
}

/** Options of {@link pgd}. */
export interface PgdOptions extends AttackOptions {
  /** Default 40. */
  steps?: number
  /** Default epsilon / 30. */
  stepSize?: number
  /** Start at a random point of the box instead of x. */
  random?: Random
}

interface Attack {
  network: Network
  x: Matrix
  y: Float64Array
  J: Int32Array
  epsilon: number
}

function takeAttack(name: string, network: NetworkLike, X: MatrixLike, y: VectorLike, options: AttackOptions): Attack {
  const x = matrix(X, `${name}: X`)
  const [n, d] = x.shape as [number, number]
  const labels = vector(y, `${name}: y`, { length: n })
  checkLabels(labels, `${name}: y`, 'attacks')
  const { perturbed, epsilon } = takeOptions(options, `${name}: options`)
  return {
    ...{ network: takeNetwork(network, d, `${name}: network`), x, y: labels },
    J: takePerturbed(perturbed, d, `${name}: perturbed`),
    epsilon: number(epsilon, `${name}: epsilon`, { nonnegative: true }),
  }
}

/** The gradient of f at one point, sum_j 1[x . u_j >= 0] alpha_j u_j, into g. */
function gradientAt({ hidden, output }: Network, X: Float64Array, at: number, g: Float64Array): void {
  const d = g.length
  g.fill(0)
  for (let j = 0; j < output.length; j++) {
    let sum = 0
    for (let i = 0; i < d; i++) sum += X[at + i] * hidden.data[j * d + i]
    if (sum >= 0) for (let i = 0; i < d; i++) g[i] += output[j] * hidden.data[j * d + i]
  }
}

/**
 * The gradient of f in its input at each row of X.
 *
 * @returns n x d.
 * @throws RangeError also when it overflows.
 */
export function inputGradient(network: NetworkLike, X: MatrixLike): Matrix {
  const x = matrix(X, 'inputGradient: X')
  const [n, d] = x.shape as [number, number]
  const net = takeNetwork(network, d, 'inputGradient: network')
  const out = new Float64Array(n * d)
  for (let k = 0; k < n; k++) gradientAt(net, x.data, k * d, out.subarray(k * d, (k + 1) * d))
  if (!out.every(Number.isFinite))
    refuse('inputGradient: network', 'of weights whose products are finite', 'larger ones')
  return ndarray(out, [n, d])
}

const sign = (v: number): number => (v > 0 ? 1 : v < 0 ? -1 : 0)

/** `steps` steps against the margin y f, clipped to the box round x. */
function descend({ network, x, y, J, epsilon }: Attack, start: Float64Array, steps: number, stepSize: number): Matrix {
  const [n, d] = x.shape as [number, number]
  const g = new Float64Array(d)
  const z = start
  for (let k = 0; k < n; k++)
    for (let t = 0; t < steps; t++) {
      gradientAt(network, z, k * d, g)
      for (const j of J) {
        const at = k * d + j
        const move = z[at] - stepSize * y[k] * sign(g[j]) - x.data[at]
        z[at] = x.data[at] + Math.max(-epsilon, Math.min(epsilon, move))
      }
    }
  return ndarray(z, [n, d])
}

/**
 * The fast gradient sign method on the margin: x - epsilon y sign(gradient of f).
 *
 * @param y labels -1 and 1.
 * @returns n x d attacked inputs.
 */
export function fgsm(network: NetworkLike, X: MatrixLike, y: VectorLike, options: AttackOptions): Matrix {
  const attack = takeAttack('fgsm', network, X, y, options)
  return descend(attack, attack.x.data.slice(), 1, attack.epsilon)
}

/**
 * Projected gradient descent on the margin (Madry et al. 2018), steps by the sign of the gradient.
 *
 * @param y labels -1 and 1.
 * @returns n x d attacked inputs.
 */
export function pgd(network: NetworkLike, X: MatrixLike, y: VectorLike, options: PgdOptions): Matrix {
  const attack = takeAttack('pgd', network, X, y, options)
  const { epsilon, x, J } = attack
  const steps = number(options.steps ?? 40, 'pgd: steps', { integer: true, min: 1 })
  const stepSize = number(options.stepSize ?? epsilon / 30, 'pgd: stepSize', { nonnegative: true })
  const start = x.data.slice()
  const d = x.shape[1]
  const chance = options.random === undefined ? undefined : takeRandom(options.random, 'pgd: random')
  if (chance)
    for (let k = 0; k < start.length; k += d) for (const j of J) start[k + j] += chance.uniform(-epsilon, epsilon)
  return descend(attack, start, steps, stepSize)
}

/** Options of {@link adversarialAccuracy}. */
export interface AdversarialOptions extends PgdOptions {
  /** Default pgd: from x, and with `random` also from a random point; a row counts only when no attack succeeds. */
  attack?: 'none' | 'fgsm' | 'pgd'
}

/** The share of rows that the network classifies rightly under attack; f = 0 counts as 1. */
export function adversarialAccuracy(
  network: NetworkLike,
  X: MatrixLike,
  y: VectorLike,
  options: AdversarialOptions,
): number {
  const { attack = 'pgd', random, ...rest } = takeOptions(options, 'adversarialAccuracy: options')
  if (random !== undefined) takeRandom(random, 'adversarialAccuracy: random')
  oneOf(attack, 'adversarialAccuracy: attack', ['none', 'fgsm', 'pgd'])
  const { network: net, x, y: labels } = takeAttack('adversarialAccuracy', network, X, y, options)
  const attacked =
    attack === 'none' ? [x] : attack === 'fgsm' ? [fgsm(net, x, labels, rest)] : [pgd(net, x, labels, rest)]
  if (attack === 'pgd' && random) attacked.push(pgd(net, x, labels, { ...rest, random }))
  const values = attacked.map((points) => forward(net, points.data, labels.length))
  let right = 0
  for (let k = 0; k < labels.length; k++) if (values.every((f) => (f[k] >= 0 ? 1 : -1) === labels[k])) right++
  return right / labels.length
}
