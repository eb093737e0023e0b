import {
  callback,
  calling,
  exp,
  log,
  number,
  options as optionsOf,
  refuse,
  type VectorLike,
  vectorCopy,
} from '@opt/core'
import { orInfinity } from '../consensus.ts'

/** Options of {@link smoothedObjective}. */
export interface SmoothedObjectiveOptions {
  alpha: number
  /** s. */
  width: number
  /** Nodes a coordinate. Default 8001 in one dimension, 401 in two. */
  nodes?: number | undefined
}

/** Answer of {@link smoothedObjective}. */
export interface SmoothedObjective {
  /** F(mu) = -log E exp(-alpha f(mu + s xi)) / alpha. */
  value: number
  /** The gradient of F, (mu - consensus) / tau with tau = alpha s^2. */
  gradient: Float64Array
  /** The consensus of infinitely many points about mu: exactly a gradient step of tau on F. */
  consensus: Float64Array
}

/** Weights below exp(-LEAST) of the largest are left out. */
const LEAST = 42

/**
 * Computes the smoothed objective about a point of one or two dimensions by quadrature: what a hop of infinitely many
 * points does. Simpson's rule runs over the box in which the integrand matters, found on coarser grids, on both sides of
 * the integrand's peak, where f may have a kink.
 *
 * @param f its values of NaN and Infinity count as an integrand of 0.
 * @param mu one or two numbers.
 * @throws TypeError or RangeError that names the wrong argument; RangeError when the integrand is 0 everywhere.
 */
export function smoothedObjective(
  f: (x: Float64Array) => number,
  mu: VectorLike,
  given: SmoothedObjectiveOptions,
): SmoothedObjective {
  return calling('smoothedObjective', () => {
    const centre = vectorCopy(mu, 'mu')
    const d = centre.length
    if (d > 2) refuse('mu', 'of length 1 or 2', `length ${d}`)
    callback(f, 'f')
    const { alpha, width, nodes = d === 1 ? 8001 : 401 } = optionsOf(given, 'options', ['alpha', 'width', 'nodes'])
    number(alpha, 'alpha', { positive: true })
    number(width, 'width', { positive: true })
    number(nodes, 'nodes', { integer: true, min: 11, max: 1e6 })
    const tau = alpha * width * width

    const x = new Float64Array(d)
    let least = Infinity
    const exponent = (): number => {
      let square = 0
      for (let j = 0; j < d; j++) square += ((x[j] - centre[j]) / width) * ((x[j] - centre[j]) / width)
      const value: unknown = f(x.slice())
      const energy = alpha * orInfinity(typeof value === 'number' ? value : number(value, 'f(x)'))
      least = Math.min(least, energy)
      return -energy - square / 2
    }
    const coarse = d === 1 ? 2001 : 201
    const box = new Float64Array(d)
    const top = new Float64Array(d)
    const frame = (reach: number) => {
      box.set(centre.map((v) => v - reach * width))
      top.set(centre.map((v) => v + reach * width))
    }
    let most = -Infinity
    for (const reach of [1000, 100, 10]) {
      frame(reach)
      most = Math.max(most, support(exponent, x, box, top, coarse).most)
    }
    if (most === -Infinity) refuse('f', 'below Infinity near mu', 'NaN or Infinity at every node')
    // Farther away even the smallest value seen leaves a point without weight.
    frame(Math.sqrt(2 * (LEAST - least - most)))
    for (let round = 0; round < 12; round++) {
      const { low, high } = support(exponent, x, box, top, coarse)
      const shrunk = low.every((v, j) => high[j] - v > 0.5 * (top[j] - box[j]))
      box.set(low)
      top.set(high)
      if (shrunk) break
    }
    const peak = highest(exponent, x, box, top, coarse)
    const rules = Array.from(centre, (_, j) => simpson(box[j], peak[j], top[j], nodes))
    const { sum, mean, shift } = integrate(exponent, x, rules)
    const cell = d === 1 ? 1 / width : 1 / width / width
    const normal = d === 1 ? 0.3989422804014327 : 0.15915494309189535
    return {
      value: -(shift + log(sum * cell * normal)) / alpha,
      gradient: mean.map((v, j) => (centre[j] - v) / tau),
      consensus: mean,
    }
  })
}

/** Walks over the nodes of a grid, the corners included; writes each into x. */
function walk(x: Float64Array, low: Float64Array, high: Float64Array, nodes: number, visit: () => void) {
  const d = x.length
  const total = d === 1 ? nodes : nodes * nodes
  for (let k = 0; k < total; k++) {
    for (let j = 0, rest = k; j < d; j++, rest = Math.floor(rest / nodes)) {
      const i = rest % nodes
      x[j] = low[j] + ((high[j] - low[j]) * i) / (nodes - 1)
    }
    visit()
  }
}

/** The box of the nodes that matter, with a cell around it. */
function support(exponent: () => number, x: Float64Array, low: Float64Array, high: Float64Array, nodes: number) {
  const values: number[] = []
  walk(x, low, high, nodes, () => void values.push(exponent()))
  let most = -Infinity
  for (const value of values) most = Math.max(most, value)
  const [first, last] = [high.slice(), low.slice()]
  let k = 0
  walk(x, low, high, nodes, () => {
    if (values[k++] < most - LEAST) return
    for (let j = 0; j < x.length; j++) {
      first[j] = Math.min(first[j], x[j])
      last[j] = Math.max(last[j], x[j])
    }
  })
  for (let j = 0; j < x.length; j++) {
    const cell = (high[j] - low[j]) / (nodes - 1)
    first[j] -= cell
    last[j] += cell
  }
  return { low: first, high: last, most }
}

/** The highest node of a grid, then by golden sections between its neighbours, coordinate by coordinate. */
function highest(exponent: () => number, x: Float64Array, low: Float64Array, high: Float64Array, nodes: number) {
  let most = -Infinity
  const peak = x.slice()
  walk(x, low, high, nodes, () => {
    const value = exponent()
    if (value <= most) return
    most = value
    peak.set(x)
  })
  const cell = low.map((v, j) => (high[j] - v) / (nodes - 1))
  for (let sweep = 0; sweep < x.length; sweep++)
    for (let j = 0; j < x.length; j++) {
      x.set(peak)
      let [a, b] = [peak[j] - cell[j], peak[j] + cell[j]]
      const at = (v: number) => {
        x[j] = v
        return exponent()
      }
      for (let k = 0; k < 80; k++) {
        const third = (b - a) * 0.3819660112501051
        if (at(a + third) > at(b - third)) b -= third
        else a += third
      }
      peak[j] = (a + b) / 2
    }
  // The peak parts the box in two.
  return peak.map((v, j) => Math.min(Math.max(v, low[j] + 0.01 * cell[j]), high[j] - 0.01 * cell[j]))
}

/** Nodes and weights of Simpson's rule on [low, middle] and [middle, high]. */
function simpson(low: number, middle: number, high: number, nodes: number): { x: Float64Array; w: Float64Array } {
  const half = 2 * Math.ceil((nodes - 1) / 4)
  const [x, w] = [new Float64Array(2 * half + 1), new Float64Array(2 * half + 1)]
  for (const [from, to, first] of [
    [low, middle, 0],
    [middle, high, half],
  ])
    for (let i = 0; i <= half; i++) {
      x[first + i] = from + ((to - from) * i) / half
      const factor = i === 0 || i === half ? 1 : i % 2 === 1 ? 4 : 2
      w[first + i] += (factor * (to - from)) / half / 3
    }
  return { x, w }
}

/** The sum of w exp(exponent - most) over the nodes, and the mean position under it. */
function integrate(exponent: () => number, x: Float64Array, rules: { x: Float64Array; w: Float64Array }[]) {
  let most = -Infinity
  let sum = 0
  const mean = new Float64Array(x.length)
  const [first, second = { x: [0], w: [1] }] = rules
  for (let i = 0; i < first.x.length; i++)
    for (let k = 0; k < second.x.length; k++) {
      x[0] = first.x[i]
      if (x.length > 1) x[1] = second.x[k]
      const value = exponent()
      if (value > most) {
        const rescale = exp(most - value)
        sum *= rescale
        for (let j = 0; j < mean.length; j++) mean[j] *= rescale
        most = value
      }
      if (value === -Infinity) continue
      const weight = first.w[i] * second.w[k] * exp(value - most)
      sum += weight
      for (let j = 0; j < mean.length; j++) mean[j] += weight * x[j]
    }
  return { sum, mean: mean.map((v) => v / sum), shift: most }
}
