import { refuse } from '@opt/core'

/** The distribution of a layer given each point: distinct activations, and the chance of each for every point. */
export interface Conditional {
  vectors: Float64Array[]
  /** points x vectors, row-major. */
  chances: Float64Array
}

/** Noise of the laboratory's layers. */
export type LaboratoryNoise = 'none' | 'dropout' | 'dropconnect'

/** The inputs: point z has its own vector with chance 1. */
export function inputsOf(xs: readonly Float64Array[]): Conditional {
  const found = new Distinct(xs.length)
  xs.forEach((x, z) => (found.column(x)[z] = 1))
  return found.conditional()
}

/** A mask: which entries are kept, and its chance. */
export interface Mask {
  keep: Uint8Array
  chance: number
}

/** All 2^count masks of entries that are each dropped with probability `drop`; a single one without noise. */
export function masks(count: number, drop: number, noise: LaboratoryNoise): Mask[] {
  if (noise === 'none' || drop === 0) return [{ keep: new Uint8Array(count).fill(1), chance: 1 }]
  return Array.from({ length: 1 << count }, (_, bits) => {
    const keep = Uint8Array.from({ length: count }, (_, j) => (bits >> j) & 1)
    return { keep, chance: keep.reduce((chance, kept) => chance * (kept ? 1 - drop : drop), 1) }
  })
}

/** A layer of the laboratory: activation(weights (mask * t)), or with masks of the weights. */
export interface MaskedLayer {
  weights: Float64Array
  outputs: number
  masks: readonly Mask[]
  noise: LaboratoryNoise
  activation: (z: number) => number
}

/** Pushes every point's distribution through a layer; equal activations are merged after rounding to 1e-12. */
export function push(
  below: Conditional,
  { weights, outputs, masks: all, noise, activation }: MaskedLayer,
): Conditional {
  const count = below.vectors.length
  const points = below.chances.length / count
  const found = new Distinct(points)
  below.vectors.forEach((t, v) => {
    const width = t.length
    for (const { keep, chance } of all) {
      const image = Float64Array.from({ length: outputs }, (_, o) => {
        let sum = 0
        for (let i = 0; i < width; i++)
          if (keep[noise === 'dropconnect' ? o * width + i : i]) sum += weights[o * width + i] * t[i]
        if (!Number.isFinite(sum)) refuse('values', 'small enough for finite activations', `a sum of ${sum}`)
        return activation(sum)
      })
      const column = found.column(image)
      for (let z = 0; z < points; z++) column[z] += chance * below.chances[z * count + v]
    }
  })
  return found.conditional()
}

/** Distinct vectors, with one number for each point. */
class Distinct {
  readonly #points: number
  readonly #columns = new Map<string, { vector: Float64Array; column: Float64Array }>()

  constructor(points: number) {
    this.#points = points
  }

  column(vector: Float64Array): Float64Array {
    // Adding 0 makes -0 a 0; above 1000 the last digits are coarser than 1e-12.
    const rounded = vector.map((entry) => (Math.abs(entry) < 1000 ? Math.round(entry * 1e12) / 1e12 : entry) + 0)
    const key = rounded.join()
    let known = this.#columns.get(key)
    if (!known) {
      known = { vector: rounded, column: new Float64Array(this.#points) }
      this.#columns.set(key, known)
    }
    return known.column
  }

  conditional(): Conditional {
    const all = [...this.#columns.values()]
    const chances = new Float64Array(this.#points * all.length)
    all.forEach(({ column }, v) => column.forEach((chance, z) => (chances[z * all.length + v] = chance)))
    return { vectors: all.map(({ vector }) => vector), chances }
  }
}
