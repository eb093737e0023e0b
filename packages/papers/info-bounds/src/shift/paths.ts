import { type Matrix, Random, random, refuse, show } from '@opt/core'
import ndarray from 'ndarray'
import type { Points } from './mixture.ts'
import { takeRows } from './samples.ts'

/** The generator given, or a new one. */
export function generator(given: Random | undefined): Random {
  if (given === undefined) return random(0)
  if (!(given instanceof Random)) refuse('random', 'a generator of @opt/core, random(seed)', show(given), 'type')
  return given
}

/** Adds noise to every entry, in place. */
export function perturb(rows: Matrix, noise: number, rng: Random): Matrix {
  const { data } = rows
  for (let i = 0; i < data.length; i++) data[i] += noise * rng.normal()
  return rows
}

/** Copies the rows, `times` over. */
export function repeatRows({ data, shape }: Matrix, times: number): Matrix {
  const out = new Float64Array(times * data.length)
  for (let k = 0; k < times; k++) out.set(data, k * data.length)
  return ndarray(out, [times * shape[0], shape[1]])
}

export function repeatLabels(labels: Int32Array, times: number): Int32Array {
  const out = new Int32Array(times * labels.length)
  for (let k = 0; k < times; k++) out.set(labels, k * labels.length)
  return out
}

/** Draws points of the mixture around the centres; each centre has the same number of them, or one more. */
export function drawPoints(centres: Matrix, labels: Int32Array, noise: number, draws: number, rng: Random): Points {
  const count = labels.length
  const places = new Int32Array(draws)
  for (let k = 0; k < draws; k += count) {
    const left = Math.min(count, draws - k)
    if (left === count) for (let i = 0; i < count; i++) places[k + i] = i
    else places.set(rng.choice(count, left), k)
  }
  const rows = perturb(takeRows(centres, places), noise, rng)
  return { rows: rows.data, labels: places.map((i) => labels[i]) }
}
