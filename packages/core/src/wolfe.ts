/** A point of a line search: step, value and slope along the direction. */
export interface LinePoint {
  step: number
  value: number
  slope: number
}

/** Constants of the Wolfe conditions. */
export interface WolfeConstants {
  /** c1: value <= value(0) + c1 step slope(0). */
  sufficientDecrease: number
  /** c2: |slope| <= c2 |slope(0)|. */
  curvature: number
}

/** Values whose difference is smaller than this, relative to their size, may differ by rounding only. */
const ROUNDING = 1e-10
const EVALUATIONS = 40

/**
 * Finds a step that satisfies the strong Wolfe conditions (Nocedal and Wright 2006, algorithms 3.5 and 3.6,
 * cubic interpolation), or, where the values differ by rounding only, the approximate ones of Hager and Zhang
 * (2005), which look at slopes alone.
 *
 * @param evaluate value and slope at a step; may give NaN or Infinity, which count as too far.
 * @param first the step to try first.
 * @returns the last point that was evaluated, if it satisfies them; null when there is none within a few
 *   dozen evaluations.
 */
export function wolfeStep(
  evaluate: (step: number) => LinePoint,
  start: { value: number; slope: number },
  first: number,
  { sufficientDecrease, curvature }: WolfeConstants,
): LinePoint | null {
  const equal = ROUNDING * Math.abs(start.value)
  const decreases = ({ step, value, slope }: LinePoint) =>
    value <= start.value + sufficientDecrease * step * start.slope ||
    (value <= start.value + equal && slope <= (2 * sufficientDecrease - 1) * start.slope)
  const flat = ({ slope }: LinePoint) => Math.abs(slope) <= -curvature * start.slope
  let low: LinePoint = { step: 0, ...start }
  let high: LinePoint | null = null
  let step = first
  for (let count = 0; count < EVALUATIONS; count++) {
    const point = evaluate(step)
    const finite = Number.isFinite(point.value) && Number.isFinite(point.slope)
    if (!finite || !decreases(point) || (point.value >= low.value + equal && low.step > 0)) high = point
    else if (flat(point)) return point
    else {
      // The minimum lies where the slope falls: towards `high`, unless it rises already.
      if (point.slope * ((high?.step ?? Infinity) - point.step) >= 0) high = low
      low = point
    }
    const next = high ? between(low, high) : 4 * step
    if (next === step || !(next > 0 && next < 1e100)) return null
    step = next
  }
  return null
}

/** The minimum of the cubic through two points, kept away from both; the middle where there is none. */
function between(a: LinePoint, b: LinePoint): number {
  const width = b.step - a.step
  const [least, most] = [a.step + 0.1 * width, a.step + 0.9 * width].sort((x, y) => x - y)
  const d = a.slope + b.slope - (3 * (b.value - a.value)) / width
  const root = Math.sqrt(d * d - a.slope * b.slope) * Math.sign(width)
  const minimum = b.step - (width * (b.slope + root - d)) / (b.slope - a.slope + 2 * root)
  return Number.isFinite(minimum) ? Math.min(most, Math.max(least, minimum)) : a.step + 0.5 * width
}
