import { calling, number, options as optionsOf, type VectorLike } from '@opt/core'
import { type Gradients, linearized } from '../linear/linearization.ts'
import { boundedVector } from '../range.ts'
import { type BatchOptions, noiseFactor } from '../rates/noise.ts'

/** How the noise of single examples is aligned with the curvature, at a point that does not fit all examples. */
export interface Alignment {
  /** L = (1/2n) sum e_i^2. */
  loss: number
  /** tr S of the noise covariance S = (1/n) sum g_i g_i' - grad L grad L', where g_i = J_i'e_i. */
  noiseTrace: number
  /** tr(S H). */
  noiseHessian: number
  /** tr(S H) / (2 L ||H||_F^2); undefined where that is 0 / 0. */
  lossAlignment: number | undefined
  /** tr S / (2 L tr H); undefined where that is 0 / 0. */
  traceAlignment: number | undefined
  /** Loss alignment with the second moment (1/n) sum g_i g_i' in place of S. */
  lossAlignmentUncentred: number | undefined
  /** Trace alignment with the second moment in place of S. */
  traceAlignmentUncentred: number | undefined
}

/**
 * Measures the alignment of gradient noise with curvature. H is the Gauss-Newton matrix (1/n) sum of J_i'J_i.
 * At residuals near 0 all is quotients of rounding errors.
 *
 * @param gradients n x d, one row for each example, or a linearization.
 * @param residuals f_i - y_i, one for each row.
 * @throws TypeError or RangeError as {@link linearize}, and when the residuals are not finite or not as many as rows.
 */
export function alignment(gradients: Gradients, residuals: VectorLike): Alignment {
  return calling('alignment', () => {
    const { eigenvalues: h, rows, examples: n, outputs } = linearized(gradients)
    const e = boundedVector(residuals, 'residuals', n * outputs)
    const r = h.length
    const g = new Float64Array(r)
    const mean = new Float64Array(r)
    let [loss, moment, momentH, trace, squares] = [0, 0, 0, 0, 0]
    for (let i = 0; i < n; i++) {
      g.fill(0)
      for (let a = i * outputs; a < (i + 1) * outputs; a++) {
        loss += (e[a] * e[a]) / (2 * n)
        for (let k = 0; k < r; k++) g[k] += e[a] * rows[a * r + k]
      }
      for (let k = 0; k < r; k++) {
        mean[k] += g[k] / n
        moment += (g[k] * g[k]) / n
        momentH += (h[k] * g[k] * g[k]) / n
      }
    }
    let [centre, centreH] = [0, 0]
    for (let k = 0; k < r; k++) {
      trace += h[k]
      squares += h[k] * h[k]
      centre += mean[k] * mean[k]
      centreH += h[k] * mean[k] * mean[k]
    }
    const per = (noise: number, curvature: number) =>
      loss > 0 && curvature > 0 ? noise / (2 * loss * curvature) : undefined
    return {
      loss,
      noiseTrace: moment - centre,
      noiseHessian: momentH - centreH,
      lossAlignment: per(momentH - centreH, squares),
      traceAlignment: per(moment - centre, trace),
      lossAlignmentUncentred: per(momentH, squares),
      traceAlignmentUncentred: per(moment, trace),
    }
  })
}

/** Options of {@link alignmentBounds}. */
export interface AlignmentBoundsOptions extends BatchOptions {
  learningRate: number
  /** Number of examples. */
  examples: number
}

/** Answer of {@link alignmentBounds}; Infinity for gradient descent. */
export interface AlignmentBounds {
  /** Largest ||H||_F where the loss is stable: 1 / (eta sqrt(c mu)). Undefined without a loss alignment. */
  frobenius: number | undefined
  /** Largest tr H where the second moment is stable: 2 / (c eta xi). Undefined without a trace alignment. */
  trace: number | undefined
}

/**
 * Bounds the sharpness of the places where SGD stays, by the least alignment along its way: if
 * tr(S H) >= mu 2 L ||H||_F^2 all the way and the loss is stable, ||H||_F <= 1 / (eta sqrt(c mu)); if
 * tr S >= xi 2 L tr H and the second moment is stable, tr H <= 2 / (c eta xi).
 *
 * @throws TypeError or RangeError when a number is not positive, or the batch does not fit the examples.
 */
export function alignmentBounds(
  least: Partial<Pick<Alignment, 'lossAlignment' | 'traceAlignment'>>,
  options: AlignmentBoundsOptions,
): AlignmentBounds {
  return calling('alignmentBounds', () => {
    const { lossAlignment: mu, traceAlignment: xi } = optionsOf(least, 'alignment')
    const {
      learningRate: eta,
      examples,
      ...batch
    } = optionsOf(options, 'options', ['learningRate', 'examples', 'batchSize', 'replacement'])
    if (mu !== undefined) number(mu, 'alignment.lossAlignment', { positive: true })
    if (xi !== undefined) number(xi, 'alignment.traceAlignment', { positive: true })
    number(eta, 'learningRate', { positive: true })
    number(examples, 'examples', { integer: true, min: 1 })
    const c = noiseFactor(examples, batch)
    return {
      frobenius: mu === undefined ? undefined : 1 / (eta * Math.sqrt(c * mu)),
      trace: xi === undefined ? undefined : 2 / (c * eta * xi),
    }
  })
}
