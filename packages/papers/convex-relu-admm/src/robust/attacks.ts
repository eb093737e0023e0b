import { type Matrix, type MatrixLike, matrix, oneOf, options as optionsOf, type VectorLike, vector } from '@opt/core'
import {
  ATTACK_OPTIONS,
  type AttackOptions,
  pgd as attackOften,
  fgsm as attackOnce,
  type PgdOptions as NetworkPgdOptions,
} from '@opt/nn'
import ndarray from 'ndarray'
import { checkLabels, checkPerturbed, checkRandom } from '../checks.ts'
import { checkNetwork, forward, gradientAt, type Network, type NetworkLike } from '../program/network.ts'

/** Options of {@link pgd}. */
export interface PgdOptions extends NetworkPgdOptions {
  /** The length of a step (default epsilon / 30). */
  stepSize?: number | undefined
}

/** Options of {@link adversarialAccuracy}. */
export interface AdversarialOptions extends Omit<PgdOptions, 'start'> {
  /**
   * `pgd` (default) starts from x, and with `random` also from a random point; a row counts only if
   * every attack fails.
   */
  attack?: 'none' | 'fgsm' | 'pgd'
}

/** Labelled points and the network to attack there. */
interface Attacked {
  network: Network
  x: Matrix
  y: Float64Array
}

function checkAttack(name: string, network: NetworkLike, X: MatrixLike, y: VectorLike, options: PgdOptions): Attacked {
  const x = matrix(X, `${name}: X`)
  const [n, d] = x.shape as [number, number]
  const labels = vector(y, `${name}: y`, { length: n })
  checkLabels(labels, `${name}: y`, 'attacks')
  const { perturbed } = optionsOf(options, `${name}: options`, ATTACK_OPTIONS)
  checkPerturbed(perturbed, d, `${name}: perturbed`)
  return { network: checkNetwork(network, d, `${name}: network`), x, y: labels }
}

/** Returns the gradient of the negative margins -y f at the points: the loss that attacks raise. */
const lossGradient =
  ({ network, x, y }: Attacked) =>
  (points: Float64Array): Float64Array => {
    const d = x.shape[1]
    const gradients = new Float64Array(points.length)
    for (let k = 0; k < y.length; k++) {
      const g = gradients.subarray(k * d, (k + 1) * d)
      gradientAt(network, points.subarray(k * d, (k + 1) * d), g)
      for (let j = 0; j < d; j++) g[j] *= -y[k]
    }
    return gradients
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
  const attacked = checkAttack('fgsm', network, X, y, options)
  return ndarray(attackOnce(lossGradient(attacked), attacked.x, y, options), attacked.x.shape)
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
  const attacked = checkAttack('pgd', network, X, y, options)
  if (options.random !== undefined) checkRandom(options.random, 'pgd: random')
  const { stepSize = options.epsilon / 30 } = options
  return ndarray(attackOften(lossGradient(attacked), attacked.x, y, { ...options, stepSize }), attacked.x.shape)
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
  const {
    attack = 'pgd',
    random,
    ...rest
  } = optionsOf<AdversarialOptions & PgdOptions>(options, 'adversarialAccuracy: options', [...ATTACK_OPTIONS, 'attack'])
  if (random !== undefined) checkRandom(random, 'adversarialAccuracy: random')
  oneOf(attack, 'adversarialAccuracy: attack', ['none', 'fgsm', 'pgd'])
  const { network: checked, x, y: labels } = checkAttack('adversarialAccuracy', network, X, y, rest)
  const points =
    attack === 'none' ? [x] : [attack === 'fgsm' ? fgsm(network, x, labels, rest) : pgd(network, x, labels, rest)]
  if (attack === 'pgd' && random) points.push(pgd(network, x, labels, { ...rest, random }))
  const values = points.map((rows) => forward(checked, rows.data, labels.length))
  let right = 0
  for (const [k, label] of labels.entries()) if (values.every((v) => (v[k] >= 0 ? 1 : -1) === label)) right++
  return right / labels.length
}
