import type { DenseNetwork } from '@opt/nn'
import type { Points } from '../costs/cost.ts'
import type { MapLoss, MapLossState, MapLossValue } from './map-loss.ts'
import type { MapOutput } from './outputs.ts'
import type { Source, SourceState } from './source.ts'

/** What training remembers; plain JSON. */
export interface TrainingState {
  x: SourceState
  z: SourceState
  epsilonFitting: number
  epsilonGap: number
  loss: MapLossState
}

/** The loss of a network's map on one batch after the other, with its gradient in the parameters. */
export class Training {
  readonly d: number
  readonly #network: DenseNetwork
  readonly #output: MapOutput
  readonly #x: Source
  readonly #z: Source
  readonly #loss: MapLoss
  readonly #checkOf: (points: Points, label: string) => void
  readonly #tolerance: number
  readonly #y: Float64Array
  readonly #cotangents: Float64Array
  #points: Points

  constructor(
    network: DenseNetwork,
    output: MapOutput,
    x: Source,
    z: Source,
    loss: MapLoss,
    check: (points: Points, label: string) => void,
  ) {
    const { d, points } = x.first
    this.d = d
    this.#network = network
    this.#output = output
    this.#x = x
    this.#z = z
    this.#loss = loss
    this.#checkOf = check
    this.#tolerance = loss.tolerance
    this.#y = new Float64Array(points.length)
    this.#cotangents = new Float64Array(points.length)
    this.#points = points
  }

  get epsilonFitting(): number {
    return this.#loss.epsilonFitting
  }

  get epsilonGap(): number {
    return this.#loss.epsilonGap
  }

  /** Refuses points at which a cost is not defined. */
  check(points: Points, label: string): void {
    this.#checkOf(points, label)
  }

  /** Goes on to the points of the next step. */
  nextBatch(): void {
    const [x, z] = [this.#x.next(), this.#z.next()]
    if (x) this.#points = x.points
    this.#loss.setBatch(x?.points, z?.points)
  }

  /** Computes the loss and leaves its gradient in the network's `gradients`. */
  differentiate(strength: number): MapLossValue & { converged: boolean } {
    const network = this.#network
    const count = this.#points.length / this.d
    let value: MapLossValue | undefined
    const backwards = (V: ArrayLike<number>) => {
      value = this.#at(V, strength)
      const G = value.gradient.data
      if (!Number.isFinite(value.loss)) return this.#cotangents.fill(0)
      this.#output.pullback(this.#points, V, this.#y, G, this.d, this.#cotangents)
      return this.#cotangents
    }
    network.drawNoise(Math.min(count, network.batch))
    // One pass forward where the network takes all points at once.
    const cotangents = count <= network.batch ? backwards : backwards(network.predict(this.#points))
    network.backpropagate(this.#points, cotangents, { out: network.gradients })
    const { sinkhornError } = value!
    return { ...value!, converged: sinkhornError <= this.#tolerance }
  }

  /** The loss of the predictions for the present batch. */
  measure(strength: number): MapLossValue {
    return this.#at(this.#network.predict(this.#points), strength)
  }

  #at(V: ArrayLike<number>, strength: number): MapLossValue {
    this.#output.apply(this.#points, V, this.d, this.#y)
    return this.#loss.at(this.#y, strength)
  }

  state(): TrainingState {
    const { epsilonFitting, epsilonGap } = this
    return { x: this.#x.state(), z: this.#z.state(), epsilonFitting, epsilonGap, loss: this.#loss.state() }
  }

  load({ x, z, loss }: TrainingState): void {
    this.#x.load(x, 'resume.x')
    this.#z.load(z, 'resume.z')
    this.#loss.load(loss, 'resume.loss')
  }
}
