import type { Random } from '@opt/core'
import ndarray from 'ndarray'
import type { Pictures } from './digits-data.ts'

/** Changes a picture of 8 x 8 pixels, row by row. */
type Change = (picture: Float64Array, rng: Random) => Float64Array

const SIDE = 8

const noise =
  (level: number): Change =>
  (picture, rng) =>
    picture.map((pixel) => Math.min(1, Math.max(0, pixel + level * rng.normal())))

const dim =
  (level: number): Change =>
  (picture) =>
    picture.map((pixel) => pixel * (1 - level))

/** The mean of 3 x 3 pixels, the edge repeated, mixed in. */
const blur =
  (level: number): Change =>
  (picture) =>
    picture.map((pixel, at) => {
      const [row, column] = [Math.floor(at / SIDE), at % SIDE]
      let sum = 0
      for (let i = row - 1; i <= row + 1; i++)
        for (let j = column - 1; j <= column + 1; j++) sum += picture[inside(i) * SIDE + inside(j)]
      return (1 - level) * pixel + (level * sum) / 9
    })

const inside = (place: number): number => Math.min(SIDE - 1, Math.max(0, place))

/** To the right by a fraction of a pixel, or one. */
const move =
  (level: number): Change =>
  (picture) =>
    picture.map((pixel, at) => (1 - level) * pixel + level * (at % SIDE > 0 ? picture[at - 1] : 0))

/** The shifts of the experiment; the strong ones move many pictures into other classes. */
export const SHIFTS: { name: string; change: Change; strong?: boolean }[] = [
  { name: 'none', change: (picture) => picture },
  { name: 'noise 0.1', change: noise(0.1) },
  { name: 'noise 0.3', change: noise(0.3), strong: true },
  { name: 'dim 0.3', change: dim(0.3) },
  { name: 'dim 0.6', change: dim(0.6) },
  { name: 'blur 0.5', change: blur(0.5) },
  { name: 'blur 1', change: blur(1), strong: true },
  { name: 'move 0.5', change: move(0.5) },
  { name: 'move 1', change: move(1), strong: true },
]

/** Changes every picture; the labels stay. */
export function shifted({ inputs, labels }: Pictures, change: Change, rng: Random): Pictures {
  const out = new Float64Array(inputs.data.length)
  for (let at = 0; at < out.length; at += SIDE * SIDE) out.set(change(inputs.data.slice(at, at + SIDE * SIDE), rng), at)
  return { inputs: ndarray(out, inputs.shape), labels }
}
