import { acos, asin, calling, cos, number, options as optionsOf, sin } from '@opt/core'
import type { Activation } from './activation.ts'

/** Options of {@link relu}. */
export interface ReluOptions {
  /** Slope below 0: 0 (default) is ReLU, 0.01 a leaky one, -1 the absolute value. Between -1e6 and 1e6. */
  slope?: number | undefined
}

const ROOT_HALF_PI = 1.2533141373155003

/**
 * Makes a rectifier, max(z, 0) + slope min(z, 0), scaled to E[phi^2] = 1, with its dual in closed form (arc-cosine
 * kernel of Cho and Saul): for ReLU D(s) = (s (pi - acos s) + sqrt(1 - s^2)) / pi. B' = 1 for all of them.
 *
 * @throws TypeError or RangeError for a wrong slope.
 */
export function relu(given?: ReluOptions): Activation {
  return calling('relu', () => {
    const { slope = 0 } = optionsOf(given, 'options', ['slope'])
    number(slope, 'slope', { min: -1e6, max: 1e6 })
    const norm = Math.sqrt((1 + slope * slope) / 2)
    // phi = odd z + even |z|, of which the even part sees the angle: E|u||v| = s + 2 (sin t - t cos t) / pi, s = cos t.
    const odd = (1 + slope) / (2 * norm)
    const even = (1 - slope) / (2 * norm)
    const weight = (2 / Math.PI) * even * even
    return {
      name: slope === 0 ? 'relu' : `relu of slope ${slope}`,
      mean: even / ROOT_HALF_PI,
      derivativeMean: odd,
      derivativeSecondMoment: 1,
      powers: null,
      missing: 0,
      dual: (s) => s + weight * bend(angle(1 - s)),
      dualDerivative: (s) => 1 - weight * angle(1 - s),
      dualGap: (delta) => delta - weight * bend(angle(delta)),
      layer(s, gap, out) {
        const t = angle(gap)
        const turn = weight * bend(t)
        out[0] = 1 - weight * t
        out[1] = gap - turn
        out[2] = s + turn
      },
      value: (z) => (z > 0 ? z : slope * z) / norm,
      slope: (z) => (z > 0 ? 1 : slope) / norm,
      curvature: () => 0,
      toJSON: () => ({ rectifier: slope }),
    }
  })
}

/** The angle t with cos t = 1 - delta. */
function angle(delta: number): number {
  if (delta >= 2) return Math.PI
  return delta > 0.5 ? acos(1 - delta) : 2 * asin(Math.sqrt(Math.max(0, delta) / 2))
}

/** sin t - t cos t, for small t by its series t^3/3 - t^5/30 + ... */
function bend(t: number): number {
  if (t > 0.5) return sin(t) - t * cos(t)
  const z = t * t
  return (t * z * (1 - (z / 10) * (1 - (z / 28) * (1 - (z / 54) * (1 - (z / 88) * (1 - z / 130)))))) / 3
}
