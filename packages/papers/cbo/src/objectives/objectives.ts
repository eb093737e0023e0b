import { calling, exp, number, options as optionsOf, refuse, type VectorLike, vectorCopy } from '@opt/core'
import { sinOfTurns, versineOfTurns } from './cosine.ts'
import { objective, origin, type TestObjective } from './objective.ts'

const TWO_PI = 2 * Math.PI

/**
 * Rastrigin's function, sum x_j^2 + A (1 - cos 2 pi x_j): a local minimum near every point of whole coordinates.
 *
 * @param amplitude A, nonnegative. Default 2.5.
 */
export function rastrigin(amplitude = 2.5): TestObjective {
  const A = number(amplitude, 'rastrigin: amplitude', { nonnegative: true })
  return objective('rastrigin', undefined, {
    value(x) {
      let sum = 0
      for (let j = 0; j < x.length; j++) sum += x[j] * x[j] + A * versineOfTurns(x[j])
      return sum
    },
    gradient(x, out) {
      for (let j = 0; j < x.length; j++) out[j] = 2 * x[j] + A * TWO_PI * sinOfTurns(x[j])
    },
    minimizer: origin,
  })
}

/** Ackley's function: flat far away, a kink at its minimiser 0. */
export function ackley(): TestObjective {
  return objective('ackley', undefined, {
    value(x) {
      const { root, waves } = ackleyMeans(x)
      return -20 * exp(-0.2 * root) - exp(waves) + Math.E + 20
    },
    gradient(x, out) {
      const d = x.length
      const { root, waves } = ackleyMeans(x)
      const [a, b] = [exp(-0.2 * root), exp(waves)]
      for (let j = 0; j < d; j++) {
        const slope = root === 0 ? 0 : (4 * a * (x[j] / root)) / d
        out[j] = slope + (b * TWO_PI * sinOfTurns(x[j])) / d
      }
    },
    minimizer: origin,
  })
}

function ackleyMeans(x: Float64Array): { root: number; waves: number } {
  let squares = 0
  let waves = 0
  for (let j = 0; j < x.length; j++) {
    squares += x[j] * x[j]
    waves += 1 - versineOfTurns(x[j])
  }
  return { root: Math.sqrt(squares / x.length), waves: waves / x.length }
}

/** 0.1 (x^2 ((x - 4)^2 + 1) + y^2 ((y - 4)^2 + 1)): wells at 0 and near 4 in both coordinates. */
export function doubleWell(): TestObjective {
  return objective('doubleWell', 2, {
    value: ([x, y]) => 0.1 * (well(x) + well(y)),
    gradient(x, out) {
      for (let j = 0; j < 2; j++)
        out[j] = 0.1 * (2 * x[j] * ((x[j] - 4) * (x[j] - 4) + 1) + 2 * x[j] * x[j] * (x[j] - 4))
    },
    minimizer: origin,
  })
}

const well = (x: number) => x * x * ((x - 4) * (x - 4) + 1)

/** Rosenbrock's valley, sum 100 (x_(j+1) - x_j^2)^2 + (1 - x_j)^2; of one coordinate it is 0. */
export function rosenbrock(): TestObjective {
  return objective('rosenbrock', undefined, {
    value(x) {
      let sum = 0
      for (let j = 0; j + 1 < x.length; j++) {
        const bend = x[j + 1] - x[j] * x[j]
        sum += 100 * (bend * bend) + (1 - x[j]) * (1 - x[j])
      }
      return sum
    },
    gradient(x, out) {
      for (let j = 0; j + 1 < x.length; j++) {
        const bend = x[j + 1] - x[j] * x[j]
        out[j] += -400 * x[j] * bend - 2 * (1 - x[j])
        out[j + 1] += 200 * bend
      }
    },
    minimizer: (d) => new Float64Array(d).fill(1),
  })
}

/** Himmelblau's function, (x^2 + y - 11)^2 + (x + y^2 - 7)^2: four minimisers, one of them (3, 2). */
export function himmelblau(): TestObjective {
  return objective('himmelblau', 2, {
    value([x, y]) {
      const [a, b] = [x * x + y - 11, x + y * y - 7]
      return a * a + b * b
    },
    gradient([x, y], out) {
      const [a, b] = [x * x + y - 11, x + y * y - 7]
      out[0] = 4 * x * a + 2 * b
      out[1] = 2 * a + 4 * y * b
    },
    minimizer: () => Float64Array.of(3, 2),
  })
}

/** Argument of {@link quadratic}. */
export interface QuadraticOptions {
  /** h, positive, one a coordinate or one for all. Default 2. */
  curvature?: number | VectorLike | undefined
  /** c, one a coordinate or one for all. Default 0. */
  minimizer?: number | VectorLike | undefined
}

/**
 * The quadratic sum h_j (x_j - c_j)^2 / 2; by default |x|^2.
 *
 * @throws TypeError or RangeError that names the wrong option.
 */
export function quadratic(given?: QuadraticOptions): TestObjective {
  return calling('quadratic', () => {
    const { curvature = 2, minimizer = 0 } = optionsOf(given, 'options', ['curvature', 'minimizer'])
    const h =
      typeof curvature === 'number'
        ? number(curvature, 'curvature', { positive: true })
        : vectorCopy(curvature, 'curvature', { sign: 'positive' })
    const c = typeof minimizer === 'number' ? number(minimizer, 'minimizer') : vectorCopy(minimizer, 'minimizer')
    const lengths = [h, c].filter((v) => typeof v !== 'number').map((v) => (v as Float64Array).length)
    if (lengths.length === 2 && lengths[0] !== lengths[1])
      refuse('minimizer', `of length ${lengths[0]}`, `length ${lengths[1]}`)
    // Numbers for all coordinates are written out at the first x.
    let [curvatures, centre] = [new Float64Array(0), new Float64Array(0)]
    const prepare = (d: number) => {
      if (curvatures.length === d) return
      curvatures = typeof h === 'number' ? new Float64Array(d).fill(h) : Float64Array.from(h)
      centre = typeof c === 'number' ? new Float64Array(d).fill(c) : Float64Array.from(c)
    }
    return objective('quadratic', lengths[0], {
      value(x) {
        prepare(x.length)
        let sum = 0
        for (let j = 0; j < x.length; j++) sum += curvatures[j] * ((x[j] - centre[j]) * (x[j] - centre[j]))
        return sum / 2
      },
      gradient(x, out) {
        prepare(x.length)
        for (let j = 0; j < x.length; j++) out[j] = curvatures[j] * (x[j] - centre[j])
      },
      minimizer(d) {
        prepare(d)
        return centre.slice()
      },
    })
  })
}
