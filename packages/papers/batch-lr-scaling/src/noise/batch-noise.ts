import {
  dot,
  number,
  type Random,
  type Report,
  randomFrom,
  refuse,
  type Solver,
  show,
  solver,
  type VectorLike,
  vector,
} from '@opt/core'
import { extremeEigen } from '@opt/curvature'
import { everything, intake, type Products, type Sizes } from '../batches.ts'
import { noiseFactor } from '../theory/effective-batch.ts'

/** Options of {@link batchNoise}. */
export interface BatchNoiseOptions extends Sizes {
  /** Examples in each of the disjoint batches that are compared. Default 16, at most half of the examples. */
  block?: number | undefined
  /** Random directions, or their vectors, for the isotropic part and the trace. Default 4. */
  probes?: number | ArrayLike<VectorLike> | undefined
  /** An integer, or a generator to draw from. Default 0. */
  seed?: number | Random | undefined
}

/** Report of {@link batchNoise} after each product. */
export interface BatchNoiseReport extends Report {
  /** 'spectrum' of the full matrix, then 'blocks'. */
  stage: 'spectrum' | 'blocks'
  /** Products so far. */
  products: number
  /** Blocks that are done. */
  blocks: number
}

/** How the curvature of batches differs from that of all examples; plain JSON. */
export interface BatchNoise {
  count: number
  size: number
  /** Largest eigenvalue of the full matrix H. */
  lambda: number
  /** Smallest eigenvalue of H. */
  lowest: number
  /** Mean of |(H_i - H) z|^2 over examples and random unit vectors z: |H_i - H|^2 / P. */
  isotropic: number
  /** The same along the top eigenvector u, less the part along u itself. */
  aligned: number
  /** The same along the bottom eigenvector. */
  alignedLowest: number
  /** Estimated trace of H. */
  trace: number
  /** The bound on the error of lambda and lowest: an eigenvalue lies within it of each. */
  residual: number
  /** Blocks used. */
  blocks: number
}

/**
 * Estimates the noise of batches from products: extreme eigenpairs of the full matrix H, then what disjoint batches of
 * `block` examples do to its top and bottom eigenvectors and to random directions, scaled to single examples by
 * (N - 1) B / (N - B). Costs about as much as 3 + probes products more than the eigenpairs, over all examples.
 *
 * The paper's width of the noise, w^2, is `isotropic` over the effective batch size; `aligned` is ours: second-order
 * perturbation sees the noise at the top eigenvector, not on average. A run that is stopped early uses the blocks it
 * has seen, at least one.
 *
 * @throws TypeError or RangeError when an argument is wrong or a product is not finite.
 */
export const batchNoise: Solver<[products: Products, options: BatchNoiseOptions], BatchNoiseReport, BatchNoise> =
  solver(
    'batchNoise',
    function* (products, options): Generator<BatchNoiseReport, BatchNoise, boolean> {
      const batches = intake(products, options, 'hessian', 'batchNoise')
      const { count: N, size } = batches
      const block = number(options.block ?? Math.max(1, Math.min(16, Math.floor(N / 2))), 'block', {
        integer: true,
        min: 1,
        max: N,
      })
      const rng = randomFrom(options.seed ?? 0, 'seed')
      const probes = directions(options.probes ?? 4, size, rng)

      const full = batches.at(everything(N))
      let stopped = false
      const eigen = extremeEigen.steps(full, {
        count: Math.min(2, size),
        which: 'both',
        tolerance: 1e-4,
        maxIterations: 2000,
        seed: rng,
        stopWhen: () => stopped,
      })
      let used = 0
      let next = eigen.next()
      for (; !next.done; next = eigen.next()) {
        used = next.value.products
        if (!stopped) stopped = yield { stage: 'spectrum', products: used, blocks: 0 }
      }
      const { values, vectors, residuals } = next.value
      const last = values.length - 1
      const axes = [vectors[last], vectors[0], ...probes]
      const images = axes.map((v) => image(full, v))

      const order = rng.permutation(N)
      const sums = new Float64Array(axes.length)
      let blocks = 0
      for (let at = 0; at + block <= N; at += block) {
        const operator = batches.at(order.slice(at, at + block))
        axes.forEach((v, k) => {
          const difference = image(operator, v)
          for (let i = 0; i < size; i++) difference[i] -= images[k][i]
          // Along an eigenvector its own direction moves the eigenvalue at first order, which averages to zero.
          const along = k < 2 ? dot(difference, v) : 0
          sums[k] += Math.max(0, dot(difference, difference) - along * along)
        })
        used += axes.length
        blocks++
        if (stopped || (yield { stage: 'blocks', products: used, blocks })) break
      }
      const c = noiseFactor(block, N)
      const each = (sum: number) => (c === 0 ? 0 : sum / blocks / c)
      return {
        count: N,
        size,
        lambda: values[last],
        lowest: values[0],
        isotropic: each(sums.slice(2).reduce((sum, x) => sum + x, 0) / probes.length),
        aligned: each(sums[0]),
        alignedLowest: each(sums[1]),
        trace: (size * probes.reduce((sum, v, k) => sum + dot(v, images[k + 2]), 0)) / probes.length,
        residual: Math.max(residuals[0], residuals[last]),
        blocks,
      }
    },
    { maxIterations: Number.MAX_SAFE_INTEGER, options: ['block', 'probes', 'seed', 'count', 'size'] },
  )

function image(operator: { apply(v: Float64Array, out: Float64Array): void }, v: Float64Array): Float64Array {
  const out = new Float64Array(v.length)
  operator.apply(v, out)
  return out
}

/** Unit vectors: normal ones, or those given. */
function directions(probes: number | ArrayLike<VectorLike>, size: number, rng: Random): Float64Array[] {
  if (typeof probes === 'number') {
    number(probes, 'probes', { integer: true, min: 1 })
    return Array.from({ length: probes }, () =>
      unit(
        Float64Array.from({ length: size }, () => rng.normal()),
        'probes',
      ),
    )
  }
  if (!(typeof probes === 'object' && probes?.length > 0)) refuse('probes', 'a number or vectors', show(probes), 'type')
  return Array.from(probes, (v, k) => unit(vector(v, `probes[${k}]`, { length: size }), `probes[${k}]`))
}

function unit(v: Float64Array, label: string): Float64Array {
  const peak = v.reduce((most, x) => Math.max(most, Math.abs(x)), 0)
  if (peak === 0) refuse(label, 'other than zero', 'zeros')
  const scaled = v.map((x) => x / peak)
  const length = Math.sqrt(dot(scaled, scaled))
  return scaled.map((x) => x / length)
}
