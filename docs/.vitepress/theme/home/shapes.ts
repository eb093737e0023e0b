// Point clouds of equal size, each from a seed of its own.
import { cos, type Random, sin } from '@opt/core'

export type Cloud = { name: string; points: Float64Array }

const TURN = 2 * Math.PI

type Stroke = { length: number; at: (t: number) => [number, number] }

const segment = (x0: number, y0: number, x1: number, y1: number): Stroke => ({
  length: Math.sqrt((x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0)),
  at: (t) => [x0 + t * (x1 - x0), y0 + t * (y1 - y0)],
})
const arc = (x: number, y: number, radius: number, from: number, turns: number): Stroke => ({
  length: radius * Math.abs(turns) * TURN,
  at: (t) => [x + radius * cos(TURN * (from + t * turns)), y + radius * sin(TURN * (from + t * turns))],
})

/** Returns points spread evenly along strokes, with a little noise. */
function alongStrokes(strokes: Stroke[], count: number, rng: Random, width: number): Float64Array {
  const total = strokes.reduce((sum, { length }) => sum + length, 0)
  return drawn(count, (k) => {
    let rest = ((k + rng.uniform()) / count) * total
    const stroke = strokes.find(({ length }) => (rest -= length) < 0) ?? strokes.at(-1)!
    const [x, y] = stroke.at(Math.min(1, 1 + rest / stroke.length))
    return [x + width * rng.normal(), y + width * rng.normal()]
  })
}

function drawn(count: number, point: (k: number) => [number, number]): Float64Array {
  const points = new Float64Array(2 * count)
  for (let k = 0; k < count; k++) points.set(point(k), 2 * k)
  return points
}

const wordmark = (): Stroke[] => [
  arc(0.19, 0.5, 0.12, 0, 1),
  arc(0.57, 0.5, 0.12, 0, 1),
  segment(0.45, 0.38, 0.45, 0.78),
  segment(0.84, 0.24, 0.84, 0.56),
  arc(0.9, 0.56, 0.06, 0.5, -0.3),
  segment(0.76, 0.38, 0.95, 0.38),
]

const spiral: Stroke = {
  length: 1,
  at: (t) => {
    const root = Math.sqrt(t)
    return [0.5 + 0.4 * root * cos(2.25 * TURN * root), 0.5 + 0.4 * root * sin(2.25 * TURN * root)]
  },
}

/** The clouds of the picture, in turn. */
export const clouds = (count: number, rng: Random): Cloud[] => [
  { name: 'a Gaussian', points: drawn(count, () => [0.5 + 0.13 * rng.normal(), 0.5 + 0.13 * rng.normal()]) },
  { name: 'a word', points: alongStrokes(wordmark(), count, rng, 0.008) },
  { name: 'a spiral', points: alongStrokes([spiral], count, rng, 0.006) },
  {
    name: 'two moons',
    points: alongStrokes([arc(0.4, 0.58, 0.24, 0.5, 0.5), arc(0.6, 0.42, 0.24, 0, 0.5)], count, rng, 0.015),
  },
  { name: 'a ring', points: alongStrokes([arc(0.5, 0.5, 0.37, 0, 1), arc(0.5, 0.5, 0.16, 0, 1)], count, rng, 0.012) },
]
