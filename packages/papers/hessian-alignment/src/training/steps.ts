import { allFinite, nrm2 } from '@opt/core'
import type { DenseNetwork, Stepper } from '@opt/nn'
import type { AlignmentSettings } from '../alignment-options.ts'
import { penalize } from '../alignment-penalty.ts'
import type { CheckedDomain } from '../head/intake.ts'
import { inner, meanOf, residuals } from '../penalties/residuals.ts'
import { headOf } from './aligned-model.ts'
import type { StepBatch } from './batch-buffer.ts'

/** What a step found before it moved. */
export interface StepReport {
  /** Mean loss of each domain's batch. */
  losses: Float64Array
  penalty: number
}

/** Factors of the mean loss and the penalty in the total. */
export interface Factors {
  loss: number
  penalty: number
}

/**
 * Leaves the gradient of factors.loss mean L_e + factors.penalty penalty in the network's `gradients`: one pass forward,
 * the closed forms of the head, one pass back from its features.
 */
export function headGradient(
  network: DenseNetwork,
  { inputs, domains }: StepBatch,
  alignment: AlignmentSettings,
  factors: Factors,
): StepReport {
  const head = headOf(network)
  const { features: d } = head
  const layer = network.sizes.length - 3
  let report: StepReport = { losses: new Float64Array(domains.length).fill(NaN), penalty: NaN }
  let gradHead: Float64Array = new Float64Array(head.theta.length)
  network.backpropagate(
    inputs,
    (activations) => {
      if (!allFinite(activations)) return new Float64Array(activations.length)
      let first = 0
      const features = domains.map(({ count, targets }): CheckedDomain => {
        first += count
        return { count, targets, features: activations.subarray((first - count) * d, first * d) }
      })
      const answer = penalize(features, head, { ...alignment, weight: factors.penalty, lossWeight: factors.loss })
      report = answer
      if (!Number.isFinite(answer.value)) return new Float64Array(activations.length)
      gradHead = answer.gradHead
      return answer.space.gradientRows(0, activations.length / d)
    },
    { layer, out: network.gradients },
  )
  if (!allFinite(network.gradients)) return { ...report, penalty: NaN }
  const { weight, bias } = network.layers(network.gradients).at(-1)!
  weight.set(gradHead.subarray(0, weight.length))
  bias?.set(gradHead.subarray(weight.length))
  return report
}

/** The same with the penalty of IGA, sum |G_e - Gbar|^2 of the gradients in all parameters: 2 sum hvp_e(G_e - Gbar). */
export function igaGradient(network: DenseNetwork, { domains }: StepBatch, factors: Factors): StepReport {
  const E = domains.length
  const losses = new Float64Array(E)
  const gradients = domains.map(({ inputs, targets }, e) => {
    losses[e] = network.lossAndGradient(inputs, targets)
    return Float64Array.from(network.gradients)
  })
  const mean = meanOf(gradients)
  const rho = residuals(gradients, mean)
  const total = mean.map((g) => factors.loss * g)
  domains.forEach(({ inputs, targets }, e) => {
    const product = network.hvp(inputs, targets, rho[e])
    for (let i = 0; i < total.length; i++) total[i] += 2 * factors.penalty * product[i]
  })
  network.gradients.set(total)
  return { losses, penalty: rho.reduce((sum, r) => sum + inner(r, r), 0) }
}

/** Adds the gradient of factor |parameters|^2. */
export function addL2({ parameters, gradients }: DenseNetwork, factor: number): void {
  for (let i = 0; i < gradients.length; i++) gradients[i] += 2 * factor * parameters[i]
}

/** Whether the square of the gradient, which Adam keeps, is finite in the network's precision. */
export function canStep({ gradients, dtype }: DenseNetwork): boolean {
  const norm = nrm2(gradients)
  return Number.isFinite(dtype === 'float32' ? Math.fround(norm * norm) : norm * norm)
}

/** Fish: an optimizer's step on each domain in turn, then only a share of the way. The losses are NaN after an overflow. */
export function fishStep(
  network: DenseNetwork,
  { domains }: StepBatch,
  optimizer: Stepper,
  l2: number,
  metaRate: number,
): StepReport {
  const { parameters } = network
  const start = parameters.slice()
  const losses = Float64Array.from(domains, ({ inputs, targets }) => {
    const loss = network.lossAndGradient(inputs, targets)
    addL2(network, l2)
    if (!canStep(network)) return NaN
    optimizer.step(network.gradients as never)
    return loss
  })
  for (let i = 0; i < start.length; i++) parameters[i] = start[i] + metaRate * (parameters[i] - start[i])
  return { losses, penalty: 0 }
}
