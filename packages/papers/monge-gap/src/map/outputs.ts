import { cos, oneOf, refuse, show, sin } from '@opt/core'
import { type Cost, checkCost, type Points, type Twist } from '../costs/cost.ts'
import { normAt } from '../costs/powers.ts'

/** How the map follows from what the network computes; rows of d numbers, flat. */
export interface MapOutput {
  readonly name: string
  /** Writes y = T(x), where V are the network's outputs at x. */
  apply(x: Points, V: ArrayLike<number>, d: number, y: Float64Array): void
  /** Writes the derivative in V of a function whose derivative in y is G. */
  pullback(x: Points, V: ArrayLike<number>, y: Points, G: Float64Array, d: number, out: Float64Array): void
}

/** T(x) = V(x). */
const free: MapOutput = {
  name: 'free',
  apply: (_x, V, _d, y) => y.set(V),
  pullback: (_x, _V, _y, G, _d, out) => out.set(G),
}

/** T(x) = V(x) / |V(x)|, on the unit sphere. */
const sphere: MapOutput = {
  name: 'sphere',
  apply(_x, V, d, y) {
    y.set(V)
    for (let i = 0; i < y.length; i += d) {
      const norm = normAt(y, i, d)
      if (norm === 0) refuse(`network: output ${i / d}`, "other than 0 for the output 'sphere'", '0')
      for (let k = i; k < i + d; k++) y[k] /= norm
    }
  },
  pullback(_x, V, y, G, d, out) {
    out.set(V)
    for (let i = 0; i < y.length; i += d) {
      const norm = normAt(out, i, d)
      let along = 0
      for (let k = i; k < i + d; k++) along += G[k] * y[k]
      for (let k = i; k < i + d; k++) out[k] = (G[k] - along * y[k]) / norm
    }
  },
}

/** T(x) = exp_x(v), where v is the part of V(x) that is tangent to the unit sphere at x. */
const exponential: MapOutput = {
  name: 'exponential',
  apply(x, V, d, y) {
    for (let i = 0; i < y.length; i += d) {
      tangent(x, V, i, d, y)
      const t = normAt(y, i, d)
      const [c, s] = [cos(t), t > 0 ? sin(t) / t : 1]
      for (let k = i; k < i + d; k++) y[k] = c * x[k] + s * y[k]
    }
  },
  pullback(x, V, _y, G, d, out) {
    for (let i = 0; i < out.length; i += d) {
      tangent(x, V, i, d, out)
      const t = normAt(out, i, d)
      const s = t > 0 ? sin(t) / t : 1
      // d(sin t / t) / dt / t, by its series where the difference would cancel.
      const bend = t > 1e-3 ? (cos(t) - s) / (t * t) : -1 / 3 + (t * t) / 30
      let [alongX, alongV] = [0, 0]
      for (let k = i; k < i + d; k++) {
        alongX += x[k] * G[k]
        alongV += out[k] * G[k]
      }
      for (let k = i; k < i + d; k++) out[k] = s * G[k] + out[k] * (bend * alongV - s * alongX)
      tangent(x, out, i, d, out)
    }
  },
}

/** Writes V - (V.x) x for the point at i. */
function tangent(x: Points, V: ArrayLike<number>, i: number, d: number, out: Float64Array): void {
  let along = 0
  for (let k = i; k < i + d; k++) along += V[k] * x[k]
  for (let k = i; k < i + d; k++) out[k] = V[k] - along * x[k]
}

/**
 * Makes the output T(x) = x - grad h*(V(x)) of the optimal maps for a cost h(x - y), where V is the network. With
 * {@link elasticL1} the displacements are sparse.
 *
 * @throws TypeError or RangeError for a cost without a twist: `euclidean`, `cosine`, `geodesic`, powers with p = 1.
 */
export function structured(cost: Cost): MapOutput {
  const twist: Twist | undefined = checkCost(cost, 'structured: cost').twist
  if (!twist) return refuse('structured: cost', 'one with a twist, such as sqEuclidean()', cost.name)
  return {
    name: 'structured',
    apply(x, V, d, y) {
      twist.displacement(Float64Array.from(V), d, y)
      for (let k = 0; k < y.length; k++) y[k] = x[k] - y[k]
    },
    pullback(_x, V, _y, G, d, out) {
      twist.pullback(Float64Array.from(V), G, d, out)
      for (let k = 0; k < out.length; k++) out[k] = -out[k]
    },
  }
}

const NAMED: Record<OutputName, MapOutput> = { free, sphere, exponential }

type OutputName = 'free' | 'sphere' | 'exponential'

/** The name of an output, or one made by {@link structured}. */
export type OutputChoice = OutputName | MapOutput

/** Returns the output that an option names. */
export function outputOf(choice: OutputChoice): MapOutput {
  if (typeof choice === 'string') return NAMED[oneOf(choice, 'output', ['free', 'sphere', 'exponential'])]
  if (typeof choice?.apply !== 'function' || typeof choice.pullback !== 'function')
    refuse('output', "'free', 'sphere', 'exponential' or structured(cost)", show(choice), 'type')
  return choice
}
