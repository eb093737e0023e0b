import type { Activation } from './activation.ts'

/** Coefficients at most this large, of a series of norm 1, are rounding errors of quadrature and become 0. */
export const NOISE = 1e-12

/** The functions of z that go with a series. */
type Shape = Pick<Activation, 'value' | 'slope' | 'curvature'>

/**
 * The activation with sum c_i = 1.
 *
 * @param powers c_i, nonnegative.
 * @param signs of a_0 and a_1.
 */
export function seriesActivation(
  name: string,
  powers: Float64Array,
  signs: readonly number[],
  shape: Shape,
  missing: number,
): Activation {
  const top = powers.length - 1
  // 1 - D(1 - delta) = delta sum_j t_j (1 - delta)^j with t_j = c_j+1 + ... + c_top: nothing cancels.
  const tails = new Float64Array(top)
  const slopes = new Float64Array(top)
  for (let j = top - 1; j >= 0; j--) {
    tails[j] = powers[j + 1] + (j + 1 < top ? tails[j + 1] : 0)
    slopes[j] = (j + 1) * powers[j + 1]
  }
  let secondMoment = 0
  for (const v of slopes) secondMoment += v
  return {
    name,
    mean: signs[0] * Math.sqrt(powers[0]),
    derivativeMean: top > 0 ? signs[1] * Math.sqrt(powers[1]) : 0,
    derivativeSecondMoment: secondMoment,
    powers,
    missing,
    dual: (s) => polynomial(powers, s),
    dualDerivative: (s) => polynomial(slopes, s),
    dualGap: (delta) => delta * polynomial(tails, 1 - delta),
    layer(s, gap, out) {
      let [slope, fall, rise] = [0, 0, 0]
      for (let i = top - 1; i >= 0; i--) {
        slope = slope * s + slopes[i]
        fall = fall * s + tails[i]
        rise = rise * s + powers[i + 1]
      }
      out[0] = slope
      out[1] = gap * fall
      out[2] = out[1] < 0.5 ? 1 - out[1] : rise * s + powers[0]
    },
    ...shape,
    toJSON: () => ({ name, powers: Array.from(powers), signs: [...signs] }),
  }
}

/** sum p_i s^i by Horner's rule. */
export function polynomial(p: Float64Array, s: number): number {
  let sum = 0
  for (let i = p.length - 1; i >= 0; i--) sum = sum * s + p[i]
  return sum
}

/** The function sum a_i h_i(z) and its derivatives: h_i' = sqrt(i) h_i-1. */
export function hermiteShape(a: Float64Array): Shape {
  const first = derivativeOf(a)
  const second = derivativeOf(first)
  return { value: (z) => hermiteSum(a, z), slope: (z) => hermiteSum(first, z), curvature: (z) => hermiteSum(second, z) }
}

const derivativeOf = (a: Float64Array): Float64Array =>
  Float64Array.from({ length: Math.max(1, a.length - 1) }, (_, i) => Math.sqrt(i + 1) * (a[i + 1] ?? 0))

function hermiteSum(a: Float64Array, z: number): number {
  let [sum, h, before] = [0, 1, 0]
  for (let i = 0; i < a.length; i++) {
    sum += a[i] * h
    const next = (z * h - Math.sqrt(i) * before) / Math.sqrt(i + 1)
    before = h
    h = next
  }
  return sum
}
