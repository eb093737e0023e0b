// The problems of the benchmark: [family, n, eta, () => problem].
import { random } from '@opt/core'
import { mnist } from '@opt/datasets'
import { densities1d, imagePair, randomAssignment } from '@opt/sinkhorn-sns'

/** Two MNIST digits, drawn larger by bilinear interpolation when side is not 28. */
async function digitPair(side, metric) {
  const { features } = await mnist({ split: 'test' })
  const draw = (k) =>
    Float64Array.from({ length: side * side }, (_, p) => {
      const at = (t) => Math.min((t * 27) / (side - 1), 26.999999)
      const [y, x] = [at(Math.floor(p / side)), at(p % side)]
      const [i, j] = [Math.floor(y), Math.floor(x)]
      const pixel = (di, dj) => features.get(k, 28 * (i + di) + j + dj)
      const [s, t] = [y - i, x - j]
      return (1 - s) * ((1 - t) * pixel(0, 0) + t * pixel(0, 1)) + s * ((1 - t) * pixel(1, 0) + t * pixel(1, 1))
    })
  return imagePair(draw(0), draw(1), { height: side, width: side, metric, maxPixel: 255 })
}

const assignment = (n, eta) => ['assignment', n, eta, () => randomAssignment(n, random(0))]
const digits = (name, metric) => (side) => [name, side * side, 1200, () => digitPair(side, metric)]
const densities = (name, power) => (n) => [name, n, 1200, () => densities1d(n, power)]

export const problems = [
  assignment(500, 1200),
  assignment(1000, 2400),
  assignment(1000, 1200),
  assignment(2000, 4800),
  ...[28, 32, 45].map(digits('digits, squared L2', 'sqeuclidean')),
  ...[28, 32, 45].map(digits('digits, L1', 'cityblock')),
  ...[500, 1000, 2000].map(densities('densities, W2', 2)),
  ...[500, 1000, 2000].map(densities('densities, W1', 1)),
]

/** Problems too large for the Sinkhorns. */
export const large = [
  ...[5000, 10000].map((n) => assignment(n, 2.4 * n)),
  ...[5000, 10000].map(densities('densities, W2', 2)),
]
