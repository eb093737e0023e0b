import {
  type Matrix,
  type MatrixLike,
  matrix,
  number,
  oneOf,
  options as optionsOf,
  type Random,
  type VectorLike,
  vector,
} from '@opt/core'
import ndarray from 'ndarray'
import { checkLabels, checkPerturbed, checkRandom } from '../checks.ts'
import { checkNetwork, forward, gradientAt, type NetworkLike } from '../program/network.ts'

/** Options of the attacks. */
export interface AttackOptions {
  /** Every perturbed feature moves by at most this. */
  epsilon: number
  /** d flags: which features may be perturbed (default all; a column of ones should not be). */
  perturbed?: ArrayLike<boolean | number>
}

/** Options of {@link pgd}. */
export interface PgdOptions extends AttackOptions {
  /** Number of steps (default 40). */
  steps?: number
  /** How far a step moves every perturbed feature (default epsilon / 30). */
  stepSize?: number
  /** Start at a random point of the box instead of at x. */
  random?: Random | undefined
}

/** Options of {@link adversarialAccuracy}. */
export interface AdversarialOptions extends PgdOptions {
  /**
   * `pgd` (default) starts from x, and with `random` also from a random point; a row counts only if
   * every attack fails.
   */
  attack?: 'none' | 'fgsm' | 'pgd'
}

/** A function of the input that can be attacked. */
interface Attacked {
  /** Returns the values at the rows. */
  values(rows: Matrix): Float64Array
  /** Writes the gradient at a point into g. */
  inputGradient(point: Float64Array, g: Float64Array): void
}

function attacked(network: NetworkLike, inputs: number, label: string): Attacked {
  const checked = checkNetwork(network, inputs, label)
  return {
    values: (rows) => forward(checked, rows.data, rows.shape[0]),
    inputGradient: (point, g) => gradientAt(checked, point, g),
  }
}

/** Labelled points in their boxes, and the function to attack there. */
interface Attack {
  f: Attacked
  x: Matrix
  y: Float64Array
  /** Indices of the features that may be perturbed. */
  J: Int32Array
  epsilon: number
}

function checkAttack(name: string, network: NetworkLike, X: MatrixLike, y: VectorLike, options: AttackOptions): Attack {
  const x = matrix(X, `${name}: X`)
  const [n, d] = x.shape as [number, number]
  const labels = vector(y, `${name}: y`, { length: n })
  checkLabels(labels, `${name}: y`, 'attacks')
  const { perturbed, epsilon } = optionsOf(options, `${name}: options`)
  return {
    f: attacked(network, d, `${name}: network`),
    x,
    y: labels,
    J: checkPerturbed(perturbed, d, `${name}: perturbed`),
    epsilon: number(epsilon, `${name}: epsilon`, { nonnegative: true }),
  }
}

const sign = (v: number): number => (v > 0 ? 1 : v < 0 ? -1 : 0)

/** Moves every row of z by steps against the margin y f, clipped to the box around x. */
function descend({ f, x, y, J, epsilon }: Attack, z: Float64Array, steps: number, stepSize: number): Matrix {
  const [n, d] = x.shape as [number, number]
  const g = new Float64Array(d)
  for (let k = 0; k < n; k++) {
    const point = z.subarray(k * d, (k + 1) * d)
    for (let t = 0; t < steps; t++) {
      f.inputGradient(point, g)
      for (const j of J) {
        const center = x.data[k * d + j]
        const move = point[j] - stepSize * y[k] * sign(g[j]) - center
        point[j] = center + Math.max(-epsilon, Math.min(epsilon, move))
      }
    }
  }
  return ndarray(z, [n, d])
}

/**
 * Attacks by the fast gradient sign method on the margin: x - epsilon y sign(gradient of f)
 * (Goodfellow et al. 2015).
 *
 * @param X n x d.
 * @param y n labels -1 and 1.
 * @returns n x d attacked inputs.
 * @throws TypeError or RangeError that names the invalid argument.
 */
export function fgsm(network: NetworkLike, X: MatrixLike, y: VectorLike, options: AttackOptions): Matrix {
  const attack = checkAttack('fgsm', network, X, y, options)
  return descend(attack, attack.x.data.slice(), 1, attack.epsilon)
}

/**
 * Attacks by projected gradient descent on the margin, with steps by the sign of the gradient
 * (Madry et al. 2018).
 *
 * @param X n x d.
 * @param y n labels -1 and 1.
 * @returns n x d attacked inputs.
 * @throws TypeError or RangeError that names the invalid argument.
 */
export function pgd(network: NetworkLike, X: MatrixLike, y: VectorLike, options: PgdOptions): Matrix {
  const attack = checkAttack('pgd', network, X, y, options)
  const { epsilon, x, J } = attack
  const steps = number(options.steps ?? 40, 'pgd: steps', { integer: true, min: 1 })
  const stepSize = number(options.stepSize ?? epsilon / 30, 'pgd: stepSize', { nonnegative: true })
  const start = x.data.slice()
  const d = x.shape[1]
  const random = options.random === undefined ? undefined : checkRandom(options.random, 'pgd: random')
  if (random)
    for (let k = 0; k < start.length; k += d) for (const j of J) start[k + j] += random.uniform(-epsilon, epsilon)
  return descend(attack, start, steps, stepSize)
}

/**
 * Returns the share of rows that the network classifies correctly under attack; f = 0 counts as 1.
 *
 * @param X n x d.
 * @param y n labels -1 and 1.
 * @throws TypeError or RangeError that names the invalid argument.
 */
export function adversarialAccuracy(
  network: NetworkLike,
  X: MatrixLike,
  y: VectorLike,
  options: AdversarialOptions,
): number {
  const { attack = 'pgd', random, ...rest } = optionsOf(options, 'adversarialAccuracy: options')
  if (random !== undefined) checkRandom(random, 'adversarialAccuracy: random')
  oneOf(attack, 'adversarialAccuracy: attack', ['none', 'fgsm', 'pgd'])
  const { f, x, y: labels } = checkAttack('adversarialAccuracy', network, X, y, options)
  const points =
    attack === 'none' ? [x] : [attack === 'fgsm' ? fgsm(network, x, labels, rest) : pgd(network, x, labels, rest)]
  if (attack === 'pgd' && random) points.push(pgd(network, x, labels, { ...rest, random }))
  const values = points.map((rows) => f.values(rows))
  let right = 0
  for (const [k, label] of labels.entries()) if (values.every((v) => (v[k] >= 0 ? 1 : -1) === label)) right++
  return right / labels.length
}
