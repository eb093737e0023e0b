import { type Random, random } from '@opt/core'
import { type CoshToy, coshToy } from '../src/index.ts'

export const normals = (rng: Random, n: number, deviation = 1): Float64Array =>
  Float64Array.from({ length: n }, () => rng.normal(0, deviation))

/** A random instance: A has ones and small entries, so that its eigenvalues lie in 0.5 to 3. */
export function drawToy(seed: number, n = 3, m = 3): CoshToy & { kappa: number; largest: number; least: number } {
  const rng = random(seed)
  const off = rng.uniform(-0.1, 0.1)
  const diagonal = Array.from({ length: m }, () => rng.uniform(1, 2.5))
  const A = diagonal.map((value, i) => diagonal.map((_, j) => (i === j ? value : off)))
  const B = Array.from({ length: m }, () => normals(rng, n, 0.6))
  const size = Math.sqrt(B.reduce((sum, row) => sum + row.reduce((s, v) => s + v * v, 0), 0))
  // Gershgorin's circles.
  const radius = (m - 1) * Math.abs(off)
  const [least, largest] = [Math.min(...diagonal) - radius, Math.max(...diagonal) + radius]
  return {
    ...coshToy({ A, B, b: normals(rng, m), a: normals(rng, n), t: normals(rng, m) }),
    kappa: size / least,
    largest,
    least,
  }
}

export const distance = (x: ArrayLike<number>, y: ArrayLike<number>): number =>
  Math.sqrt(Array.from(x).reduce((sum, value, i) => sum + (value - y[i]) * (value - y[i]), 0))

export interface LabelledTable {
  inputs: Float64Array[]
  labels: number[]
}

/** Clouds around one point for each class. */
export function clouds(rng: Random, count: number, features: number, classes: number): LabelledTable {
  const labels = Array.from({ length: count }, (_, i) => i % classes)
  const inputs = labels.map((label) => {
    const row = normals(rng, features, 0.6)
    row[label] += 2
    return row
  })
  return { inputs, labels }
}

/** The parts of a toy with two lower unknowns and one upper. */
export const smallToy = (): Parameters<typeof coshToy>[0] => ({
  A: [
    [2, 0.5],
    [0.5, 1],
  ],
  B: [[1], [-1]],
  b: [0.5, 1],
  a: [0.2],
  t: [1, -1],
})
