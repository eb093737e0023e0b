import { calling, number, oneOf, options } from '@opt/core'
import { noiseFactor } from '../theory/effective-batch.ts'
import { spike } from '../theory/spikes.ts'
import type { BatchNoise } from './batch-noise.ts'

const MODELS = ['aligned', 'isotropic', 'trace'] as const

/** Predictions of the extreme eigenvalues of a batch. */
export interface BatchSharpness {
  /** Largest eigenvalue. */
  highest: number
  /** Smallest eigenvalue of a Hessian; that of a Gauss-Newton matrix is never below 0. */
  lowest: number
  /** Whether the largest eigenvalue is predicted to stand clear of the noise. */
  detached: boolean
}

/**
 * Predicts the mean largest and smallest eigenvalue of the matrix of a batch.
 *
 * - 'isotropic': the additive theorem with the mean width, as the paper states it; misses most of the growth in networks.
 * - 'aligned' (default): the same with the width at the eigenvectors; within .6 to 1.2 of measurements on small networks.
 * - 'trace': lambda + c (trace - lambda), from the multiplicative theorem, of a Gauss-Newton matrix; above the truth for the
 *   smallest batches. Its smallest eigenvalue is that of 'aligned'.
 *
 * @param noise the answer of `batchNoise`, or its fields.
 * @param batch B, from 1 to noise.count.
 * @throws TypeError or RangeError when an argument is out of range.
 */
export function batchSharpness(
  noise: Pick<BatchNoise, 'count' | 'lambda' | 'lowest' | 'isotropic' | 'aligned' | 'alignedLowest' | 'trace'>,
  batch: number,
  given?: { model?: (typeof MODELS)[number] | undefined },
): BatchSharpness {
  return calling('batchSharpness', () => {
    const { count, lambda, lowest, isotropic, aligned, alignedLowest, trace } = options(noise, 'noise')
    const { model = 'aligned' } = options(given, 'options', ['model'])
    oneOf(model, 'model', MODELS)
    for (const [name, value] of Object.entries({ isotropic, aligned, alignedLowest }))
      number(value, `noise.${name}`, { nonnegative: true })
    for (const [name, value] of Object.entries({ lambda, lowest, trace })) number(value, `noise.${name}`)
    const c = noiseFactor(batch, count)
    const width = (mean: number) => Math.sqrt(c * (model === 'isotropic' ? isotropic : mean))
    const bottom = moved(-lowest, width(alignedLowest))
    if (model === 'trace')
      return { highest: lambda + c * Math.max(0, trace - lambda), lowest: -bottom.location, detached: true }
    const top = moved(lambda, width(aligned))
    return { highest: top.location, lowest: -bottom.location, detached: top.detached }
  })
}

/** {@link spike}, where an end of the spectrum may lie on the other side of the bulk. */
function moved(lambda: number, width: number): { location: number; detached: boolean } {
  if (width === 0) return { location: lambda, detached: true }
  return spike({ lambda: Math.max(0, lambda), width })
}
