import { type MatrixLike, number, options as optionsOf } from '@opt/core'
import type { DenseNetwork } from '@opt/nn'
import ndarray from 'ndarray'
import type { Cost } from '../costs/cost.ts'
import { exactGapOf } from '../exact-monge-gap.ts'
import { areFinite, type Measure, measure } from '../measures.ts'
import { MapLoss, type MapLossOptions, type MapLossState } from './map-loss.ts'
import type { MapOutput } from './outputs.ts'

/** Measures of a map on points that training does not see. */
export class Validation {
  readonly #network: DenseNetwork
  readonly #output: MapOutput
  readonly #x: Measure
  readonly #loss: MapLoss
  readonly #cost: Cost
  readonly #every: number

  constructor(
    network: DenseNetwork,
    output: MapOutput,
    given: { x: MatrixLike; z: MatrixLike; every?: number | undefined },
    { cost, fittingCost }: { cost: Cost; fittingCost: Cost },
    options: MapLossOptions,
    columns: number,
  ) {
    const { x, z, every = 100 } = optionsOf(given, 'validation', ['x', 'z', 'every'])
    this.#every = number(every, 'validation.every', { integer: true, min: 1 })
    this.#x = measure(x, undefined, cost, 'validation.x', '', { columns })
    const target = measure(z, undefined, fittingCost, 'validation.z', '', { columns })
    this.#network = network
    this.#output = output
    this.#cost = cost
    this.#loss = new MapLoss(this.#x, target, options)
  }

  /** The fit and the exact gap after some steps; nothing unless a report is due. */
  measure(step: number): { validationFit?: number; validationGap?: number } {
    if (step % this.#every !== 0) return {}
    const { points, count, d } = this.#x
    const y = new Float64Array(points.length)
    this.#output.apply(points, this.#network.predict(points), d, y)
    const C = new Float64Array(count * count)
    this.#cost.matrix(points, y, d, { data: C, rows: count, columns: count, stride: count })
    if (!areFinite(C)) return { validationFit: Number.NaN, validationGap: Number.NaN }
    const { fit } = this.#loss.at(y, 0)
    const { gap, displacement } = exactGapOf(ndarray(C, [count, count]), count)
    return { validationFit: fit, validationGap: displacement > 0 ? gap / displacement : 0 }
  }

  state(): MapLossState {
    return this.#loss.state()
  }

  load(state: MapLossState): void {
    this.#loss.load(state, 'resume.validation')
  }
}
