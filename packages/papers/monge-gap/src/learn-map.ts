import { type MatrixLike, matrix, type Solver, solver } from '@opt/core'
import type { DenseNetwork } from '@opt/nn'
import ndarray from 'ndarray'
import { LEARN_MAP_OPTIONS, type LearnedMap, type LearnMapOptions, type LearnMapReport } from './map/options.ts'
import { prepare } from './map/prepare.ts'
import type { Sampler } from './map/source.ts'

/**
 * Learns a map T that moves the sample x onto the sample z as cheaply as possible (Uscidda and Cuturi, ICML 2023): a
 * network that minimises
 *
 *     S_epsilonF(T(x), z) + strength gap_epsilonM(x, T(x))
 *
 * the Sinkhorn divergence between images and target plus the Monge gap of the map, by any optimizer. Trains the network
 * in place.
 *
 * @param network of d inputs and d outputs; its own loss does not matter.
 * @param x n x d points, or a function that draws some.
 * @param z m x d points, or a function that draws some.
 * @returns with status 'completed' the map after all steps, 'diverged' when the loss was no longer finite.
 * @throws TypeError or RangeError naming the argument that is wrong, before anything changes; and whatever the optimizer
 *   throws for a step that it refuses.
 */
export const learnMap: Solver<
  [network: DenseNetwork, x: MatrixLike | Sampler, z: MatrixLike | Sampler, options: LearnMapOptions],
  LearnMapReport,
  LearnedMap
> = solver(
  'learnMap',
  function* (network, x, z, options) {
    const { steps, strengthOf, output, optimizer, gradients, training, validation, saved } = prepare(
      network,
      x,
      z,
      options,
    )
    let { step, unconverged } = saved
    while (step < steps) {
      const strength = strengthOf(step)
      training.nextBatch()
      const { loss, fit, gap, sinkhornIterations, sinkhornError, converged } = training.differentiate(strength)
      const failed = !Number.isFinite(loss)
      if (!failed) {
        optimizer.step(gradients)
        network.updateStatistics()
      }
      step++
      if (!converged) unconverged++
      const report: LearnMapReport = { step, loss, fit, strength, sinkhornIterations, sinkhornError }
      if (gap !== undefined) report.gap = gap
      if (failed) report.error = Number.NaN
      const stop = yield { ...report, ...validation?.measure(step) }
      if (stop) break
    }
    const checkpoint = {
      step,
      unconverged,
      ...training.state(),
      validation: validation?.state() ?? null,
      network: network.state(),
      optimizer: optimizer.state?.() ?? null,
    }
    const { fit, gap } = training.measure(strengthOf(Math.max(0, step - 1)))
    return {
      map(points) {
        const { data, shape } = matrix(points, 'map: points', { columns: training.d })
        training.check(data, 'map: points')
        const y = new Float64Array(data.length)
        output.apply(data, network.predict(data), training.d, y)
        return ndarray(y, shape.slice())
      },
      network,
      fit,
      ...(gap !== undefined && { gap }),
      unconverged,
      epsilonFitting: training.epsilonFitting,
      epsilonGap: training.epsilonGap,
      checkpoint,
    }
  },
  { maxIterations: Number.MAX_SAFE_INTEGER, options: LEARN_MAP_OPTIONS },
)
