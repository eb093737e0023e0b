import { exp, number } from '@opt/core'
import { sinOfTurns, versineOfTurns } from './cosine.ts'
import { objective, origin, type TestObjective } from './objective.ts'

const WAVE = 2.356194490192345 // 0.75 pi

/**
 * The canyon of the paper's figures, of two coordinates: a curved valley, roughened by waves, with a dam before its
 * global minimum 0 at the origin. Gradient descent from (8, 8) is caught at (2.336, 2.466).
 *
 * @param roughness of the waves, nonnegative. Default 1.1625; 0.25 in the smooth form.
 */
export function canyon(roughness = 1.1625): TestObjective {
  const R = number(roughness, 'canyon: roughness', { nonnegative: true })
  return objective('canyon', 2, {
    value(at) {
      const x = at[0]
      const y = at[1]
      const v = offset(x, y)
      const b = -x - 1.6 * y
      const wall = exp(-1.4 * (v * v) * exp(-0.002 * (x * x * (x * x))))
      const dam = b > 0 ? 4 * exp(1 - 2 * (v * v * (v * v))) * (1 - exp(-9 * (b * b))) : 0
      const waves = versineOfTurns(0.375 * x) + versineOfTurns(0.375 * y)
      return 25 * (1 - wall) + 0.4 * (x * x) + 0.2 * (y * y) + R * waves + dam
    },
    gradient(at, out) {
      const x = at[0]
      const y = at[1]
      const v = offset(x, y)
      const slope = -((x - 4) * (x - 4) + 2 * (x - 1) * (x - 4)) / 8 // dv/dx; dv/dy is 1
      const b = -x - 1.6 * y
      const narrow = exp(-0.002 * (x * x * (x * x)))
      const wall = 25 * exp(-1.4 * (v * v) * narrow)
      const tall = b > 0 ? 4 * exp(1 - 2 * (v * v * (v * v))) : 0
      const far = exp(-9 * (b * b))
      const byV = wall * 2.8 * v * narrow - tall * 8 * (v * v * v) * (1 - far)
      const byB = tall * 18 * b * far
      const byX = wall * 1.4 * (v * v) * narrow * -0.008 * (x * x * x)
      out[0] = byV * slope + byX - byB + 0.8 * x + R * WAVE * sinOfTurns(0.375 * x)
      out[1] = byV - 1.6 * byB + 0.4 * y + R * WAVE * sinOfTurns(0.375 * y)
    },
    minimizer: origin,
  })
}

/** How far a point is above the valley's floor. */
const offset = (x: number, y: number) => y - (((x - 1) * ((x - 4) * (x - 4))) / 8 + 2)
