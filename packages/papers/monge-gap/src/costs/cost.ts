import { callback, type MatrixView, number, options, refuse, show } from '@opt/core'

/** The inverse of a twist: the displacement that belongs to a slope of the Kantorovich potential. */
export interface Twist {
  /** Writes grad h*(v) for each row v of d numbers. */
  displacement(v: Float64Array, d: number, out: Float64Array): void
  /** Writes J(grad h*)(v)' c for each row v and its cotangent c. */
  pullback(v: Float64Array, cotangent: Float64Array, d: number, out: Float64Array): void
}

/** Points of a {@link Cost}: rows of d numbers, one after the other. */
export type Points = Float64Array

/**
 * A ground cost c(x, y) with its gradient d2c in y. All arrays are flat and row-major, with d numbers a point; matrices
 * are n x m for n points x and m points y. {@link pointCost} makes one of two functions of a pair of points.
 */
export interface Cost {
  readonly name: string
  readonly parameters: Readonly<Record<string, number>>
  /** Writes c(x_i, y_j). */
  matrix(x: Points, y: Points, d: number, out: MatrixView): void
  /** Writes c(x_j, y_j). */
  pairs(x: Points, y: Points, d: number, out: Float64Array): void
  /** Adds scale sum_i P_ij d2c(x_i, y_j) to out_j. */
  weightedGradient(x: Points, y: Points, d: number, P: MatrixView, scale: number, out: Float64Array): void
  /** Adds weights_j d2c(x_j, y_j) to out_j. */
  pairGradient(x: Points, y: Points, d: number, weights: Float64Array, out: Float64Array): void
  /** q of a cost q |x - y|^2: sums of its gradients are products with matrices, which kernels compute. */
  readonly quadratic?: number
  /** Throws a RangeError unless the cost is defined at all points. */
  check?(points: Points, d: number, label: string): void
  /** Present for costs h(x - y) whose h has a conjugate with a gradient. */
  readonly twist?: Twist
}

/** A cost of one pair: the points begin at x[i] and y[j]. */
export interface PairCost {
  value(x: Points, i: number, y: Points, j: number, d: number): number
  /** Adds weight d2c to out, from out[j] on. */
  add(x: Points, i: number, y: Points, j: number, d: number, weight: number, out: Float64Array): void
}

/** Makes a cost of the cost of one pair. */
export function pairwise(
  name: string,
  parameters: Record<string, number>,
  { value, add }: PairCost,
  rest: Pick<Cost, 'check' | 'twist'> = {},
): Cost {
  return {
    name,
    parameters,
    matrix(x, y, d, { data, rows, columns, stride }) {
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < columns; j++) data[i * stride + j] = value(x, i * d, y, j * d, d)
    },
    pairs(x, y, d, out) {
      for (let j = 0; j < out.length; j++) out[j] = value(x, j * d, y, j * d, d)
    },
    weightedGradient(x, y, d, { data, rows, columns, stride }, scale, out) {
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < columns; j++) {
          const weight = scale * data[i * stride + j]
          if (weight !== 0) add(x, i * d, y, j * d, d, weight, out)
        }
    },
    pairGradient(x, y, d, weights, out) {
      for (let j = 0; j < weights.length; j++) add(x, j * d, y, j * d, d, weights[j], out)
    },
    ...rest,
  }
}

/** What {@link pointCost} makes a cost of. */
export interface PointCostOptions {
  name: string
  /** Returns c(x, y) for two points of d coordinates; finite. The arrays are overwritten for the next pair. */
  value(x: Float64Array, y: Float64Array): number
  /** Returns the gradient in y, d numbers. */
  gradient(x: Float64Array, y: Float64Array): ArrayLike<number>
}

/**
 * Makes a cost of your own from its value and its gradient in y for one pair of points.
 *
 * @throws TypeError when one of them is no function; the cost throws where a gradient has not d numbers.
 */
export function pointCost(given: PointCostOptions): Cost {
  const { name, value, gradient } = options(given, 'pointCost: options', ['name', 'value', 'gradient'])
  if (typeof name !== 'string') refuse('pointCost: name', 'a string', show(name), 'type')
  callback(value, 'pointCost: value')
  callback(gradient, 'pointCost: gradient')
  let [first, second] = [new Float64Array(0), new Float64Array(0)]
  const load = (x: Points, i: number, y: Points, j: number, d: number) => {
    if (first.length !== d) [first, second] = [new Float64Array(d), new Float64Array(d)]
    for (let k = 0; k < d; k++) {
      first[k] = x[i + k]
      second[k] = y[j + k]
    }
  }
  return pairwise(
    name,
    {},
    {
      value(x, i, y, j, d) {
        load(x, i, y, j, d)
        return value(first, second)
      },
      add(x, i, y, j, d, weight, out) {
        load(x, i, y, j, d)
        const slope = gradient(first, second)
        if (slope?.length !== d)
          refuse(`${name}: gradient`, `a function that returns ${d} numbers`, show(slope), 'type')
        for (let k = 0; k < d; k++) out[j + k] += weight * slope[k]
      },
    },
  )
}

/**
 * Refuses anything but a cost.
 *
 * @throws TypeError
 */
export function checkCost(cost: Cost, label: string): Cost {
  if (typeof cost !== 'object' || cost === null) refuse(label, 'a cost, such as sqEuclidean()', show(cost), 'type')
  const { name, parameters, matrix, pairs, weightedGradient, pairGradient, quadratic, check, twist } = cost
  if (typeof name !== 'string') refuse(`${label}.name`, 'a string', show(name), 'type')
  options(parameters, `${label}.parameters`)
  for (const [key, method] of Object.entries({ matrix, pairs, weightedGradient, pairGradient }))
    callback(method, `${label}.${key}`)
  if (quadratic !== undefined) number(quadratic, `${label}.quadratic`)
  if (check !== undefined) callback(check, `${label}.check`)
  if (twist !== undefined) {
    const { displacement, pullback } = options(twist, `${label}.twist`)
    callback(displacement, `${label}.twist.displacement`)
    callback(pullback, `${label}.twist.pullback`)
  }
  return cost
}
