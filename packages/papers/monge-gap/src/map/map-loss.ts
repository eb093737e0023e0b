import {
  calling,
  type Matrix,
  type MatrixLike,
  number,
  type OptionNames,
  options as optionsOf,
  refuse,
} from '@opt/core'
import ndarray from 'ndarray'
import { type Cost, checkCost, type Points } from '../costs/cost.ts'
import { sqEuclidean } from '../costs/radial.ts'
import { meanOf } from '../epsilon.ts'
import { costMatrix, type Measure, measure } from '../measures.ts'
import { type TermState, TransportTerm } from './transport-term.ts'

/** Options of the loss of a map. */
export interface MapLossOptions {
  /** The ground cost c of the gap: what it costs to move x to y. Default {@link sqEuclidean}. */
  cost?: Cost | undefined
  /** The symmetric cost of the fit: how unlike two samples are. Default {@link sqEuclidean}. */
  fittingCost?: Cost | undefined
  /** Regularisation of the fit, in units of its cost. Default: 0.1 times the mean cost between points of z. */
  epsilonFitting?: number | undefined
  /** Regularisation of the gap, in units of its cost. Default: 0.01 times the mean cost between x and z. */
  epsilonGap?: number | undefined
  /** Plans are computed to this L1 error of their marginals. Default 1e-3. */
  sinkhornTolerance?: number | undefined
  /** Iterations after which a plan is used as it is. Default 2000. */
  sinkhornIterations?: number | undefined
}

/** The names of {@link MapLossOptions}. */
export const MAP_LOSS_OPTIONS: OptionNames<MapLossOptions> = [
  'cost',
  'fittingCost',
  'epsilonFitting',
  'epsilonGap',
  'sinkhornTolerance',
  'sinkhornIterations',
]

/** Value and gradient of the loss of a map. */
export interface MapLossValue {
  /** fit + strength gap. */
  loss: number
  /** The Sinkhorn divergence between y and z. */
  fit: number
  /** The entropic Monge gap of x -> y, see {@link mongeGap}; left out with strength 0. */
  gap?: number
  /** Derivative of the loss in y, n x d. */
  gradient: Matrix
  /** Iterations of all plans together. */
  sinkhornIterations: number
  /** The largest L1 error of a plan's marginals; above `sinkhornTolerance` if its iterations did not suffice. */
  sinkhornError: number
}

/** What {@link MapLoss} remembers between steps; plain JSON. */
export interface MapLossState {
  cross: TermState | null
  self: TermState | null
  gap: TermState | null
  target: TermState | null
  /** W_epsilon(z, z). */
  ofTarget: number | null
}

/**
 * The loss of the paper for the images y = T(x) of a map, S_epsilon(y, z) + strength gap_epsilon(x, y), with its
 * gradient in y; T may be anything. Plans start from those of the last call. {@link mapLoss} makes one.
 */
export class MapLoss {
  readonly epsilonFitting: number
  readonly epsilonGap: number
  readonly #cost: Cost
  readonly #accuracy: { tolerance: number; maxIterations: number }
  readonly #d: number
  readonly #weights: Float64Array
  readonly #cross: TransportTerm
  readonly #self: TransportTerm
  readonly #target: TransportTerm
  readonly #gap: TransportTerm
  readonly #gradient: Float64Array
  readonly #costs: Float64Array
  #x: Points
  #z: Points
  /** W_epsilon(z, z), once it is computed for the present z. */
  #ofTarget: number | null = null
  #movedX = false
  #movedZ = false

  /** Use {@link mapLoss}. */
  constructor(x: Measure, z: Measure, options: MapLossOptions) {
    const { cost, fittingCost } = costsOf(options)
    const { sinkhornTolerance = 1e-3, sinkhornIterations = 2000 } = options
    this.#cost = cost
    this.#accuracy = {
      tolerance: number(sinkhornTolerance, 'sinkhornTolerance', { positive: true }),
      maxIterations: number(sinkhornIterations, 'sinkhornIterations', { integer: true, min: 1 }),
    }
    this.epsilonFitting = regularisation(options.epsilonFitting, 'epsilonFitting', 0.1, fittingCost, z, z)
    this.epsilonGap = regularisation(options.epsilonGap, 'epsilonGap', 0.01, cost, x, z)
    const [n, m] = [x.count, z.count]
    this.#d = x.d
    this.#weights = new Float64Array(n)
    this.#cross = new TransportTerm(m, n, fittingCost, this.epsilonFitting)
    this.#self = new TransportTerm(n, n, fittingCost, this.epsilonFitting, true)
    this.#target = new TransportTerm(m, m, fittingCost, this.epsilonFitting, true)
    this.#gap = new TransportTerm(n, n, cost, this.epsilonGap)
    this.#gradient = new Float64Array(n * x.d)
    this.#costs = new Float64Array(n)
    this.#x = x.points
    this.#z = z.points
  }

  get tolerance(): number {
    return this.#accuracy.tolerance
  }

  /** Goes on with other points, as many as the first; undefined keeps those of the last step. */
  setBatch(x: Points | undefined, z: Points | undefined): void {
    this.#movedX &&= x === undefined
    this.#movedZ &&= z === undefined
    if (z) this.#ofTarget = null
    this.#x = x ?? this.#x
    this.#z = z ?? this.#z
  }

  /**
   * Computes the loss of images y, n x d, flat. The arrays of the answer are overwritten by the next call. Costs that
   * are not finite give NaN.
   */
  at(y: Points, strength: number): MapLossValue {
    const d = this.#d
    const gradient = this.#gradient.fill(0)
    const moved = this.#movedX && this.#movedZ
    const solved = []

    // S(y, z) = W(y, z) - W(y, y) / 2 - W(z, z) / 2
    const cross = this.#cross.solve(this.#z, y, d, moved, this.#accuracy)
    const self = this.#self.solve(y, y, d, this.#movedX, this.#accuracy)
    solved.push(cross, self)
    if (this.#ofTarget === null) {
      const target = this.#target.solve(this.#z, this.#z, d, false, this.#accuracy)
      this.#ofTarget = target.value
      solved.push(target)
    }
    this.#cross.addGradient(this.#z, y, d, 1, gradient)
    this.#self.addGradient(y, y, d, -1, gradient)
    const fit = cross.value - (self.value + this.#ofTarget) / 2

    // gap = sum_j a_j c(x_j, y_j) - W(x, y)
    let gap: number | undefined
    if (strength > 0) {
      const optimal = this.#gap.solve(this.#x, y, d, this.#movedX, this.#accuracy)
      solved.push(optimal)
      this.#cost.pairs(this.#x, y, d, this.#costs)
      gap = -optimal.value
      for (const c of this.#costs) gap += c / this.#costs.length
      this.#cost.pairGradient(this.#x, y, d, this.#weights.fill(strength / this.#weights.length), gradient)
      this.#gap.addGradient(this.#x, y, d, -strength, gradient)
    }

    this.#movedX = this.#movedZ = true
    let [sinkhornIterations, sinkhornError] = [0, 0]
    for (const { iterations, error } of solved) {
      sinkhornIterations += iterations
      if (!(error <= sinkhornError)) sinkhornError = error
    }
    return {
      loss: gap === undefined ? fit : fit + strength * gap,
      fit,
      ...(gap !== undefined && { gap }),
      gradient: ndarray(gradient, [gradient.length / d, d]),
      sinkhornIterations,
      sinkhornError,
    }
  }

  /** Everything that the next call starts from. */
  state(): MapLossState {
    return {
      cross: this.#cross.state(),
      self: this.#self.state(),
      gap: this.#gap.state(),
      target: this.#target.state(),
      ofTarget: this.#ofTarget,
    }
  }

  /**
   * Restores a {@link state} of a loss with the same sizes.
   *
   * @throws TypeError or RangeError for anything else.
   */
  load(state: MapLossState, label: string): void {
    const { cross, self, gap, target, ofTarget } = optionsOf(state, label)
    this.#cross.load(cross, `${label}.cross`)
    this.#self.load(self, `${label}.self`)
    this.#gap.load(gap, `${label}.gap`)
    this.#target.load(target, `${label}.target`)
    this.#ofTarget = ofTarget === null ? null : number(ofTarget, `${label}.ofTarget`)
    this.#movedX = this.#movedZ = cross !== null
  }
}

/** The option, or `times` the mean cost between two samples. */
function regularisation(
  given: number | undefined,
  label: string,
  times: number,
  cost: Cost,
  x: Measure,
  y: Measure,
): number {
  if (given !== undefined) return number(given, label, { positive: true })
  const mean = meanOf(costMatrix(cost, x, y, 'x and z').data)
  if (!(mean > 0)) refuse(label, 'given where all costs are 0', `${times} times their mean = 0`)
  return times * mean
}

/**
 * Returns the loss of the paper as a function of the images y of x, for a training loop of any library: its value and
 * its gradient in y, which your network propagates back. Plans start from those of the call before.
 *
 * ```ts
 * const loss = mapLoss(x, z, { cost: euclidean() })
 * const { gradient } = loss(myNetwork.forward(x))
 * ```
 *
 * @param x n x d points.
 * @param z m x d points, the target.
 * @returns a function of y, n x d, whose answer the next call overwrites.
 * @throws TypeError or RangeError naming the argument that is wrong, and for costs that are not finite.
 */
export function mapLoss(
  x: MatrixLike,
  z: MatrixLike,
  options: MapLossOptions & { strength?: number | undefined } = {},
): (y: MatrixLike) => MapLossValue {
  return calling('mapLoss', () => {
    const { strength = 1, ...rest } = optionsOf(options, 'options', [...MAP_LOSS_OPTIONS, 'strength'])
    number(strength, 'strength', { nonnegative: true })
    const { cost, fittingCost } = costsOf(rest)
    const from = measure(x, undefined, cost, 'x', '')
    const to = measure(z, undefined, fittingCost, 'z', '', { columns: from.d })
    const loss = new MapLoss(copied(from), copied(to), rest)
    return (y) =>
      calling('mapLoss', () => {
        const images = measure(y, undefined, cost, 'y', '', { rows: from.count, columns: from.d })
        fittingCost.check?.(images.points, images.d, 'y')
        return loss.at(images.points, strength)
      })
  })
}

/** The costs of some options, checked. */
export function costsOf({ cost = sqEuclidean(), fittingCost = sqEuclidean() }: MapLossOptions): {
  cost: Cost
  fittingCost: Cost
} {
  return { cost: checkCost(cost, 'cost'), fittingCost: checkCost(fittingCost, 'fittingCost') }
}

const copied = (x: Measure): Measure => ({ ...x, points: x.points.slice() })
