import type { Random } from '@opt/core'
import { symmetricEigen } from '@opt/curvature'
import { DataAbsentError, photograph } from '@opt/datasets'
import { loadTable } from '@opt/datasets-tables'

/** Patches of 64 pixels, and the principal directions of others of their kind. */
export interface Tokens {
  readonly source: string
  /** L x 64, layer-normalised: for queries and keys. */
  readonly X: Float64Array
  /** L x 64, noisy patches less the other patches' mean: for values. */
  readonly values: Float64Array
  /** 64 x 8: the first directions of the other patches. */
  readonly U: Float64Array
  readonly length: number
}

export const PIXELS = 64
export const H = 8

/** Rows of 64 pixels, 0 to 1. */
export interface Patches {
  readonly source: string
  readonly tokens: Float64Array[]
  readonly others: Float64Array[]
}

/** Returns tokens with noise, layer-normalised, and directions of patches that are not among them. */
export function tokensOf({ source, tokens, others }: Patches, length: number, rng: Random): Tokens {
  const mean = new Float64Array(PIXELS)
  for (const patch of others) patch.forEach((v, i) => void (mean[i] += v / others.length))
  const drawn = Array.from(rng.choice(tokens.length, Math.min(length, tokens.length)).sort(), (i) => tokens[i])
  const values = new Float64Array(drawn.length * PIXELS)
  drawn.forEach((patch, j) => {
    for (let i = 0; i < PIXELS; i++) values[j * PIXELS + i] = patch[i] - mean[i] + 0.15 * rng.normal()
  })
  return { source, values, X: layerNormalised(values), U: directions(others, mean), length: drawn.length }
}

function layerNormalised(values: Float64Array): Float64Array {
  const X = values.slice()
  for (let start = 0; start < X.length; start += PIXELS) {
    const row = X.subarray(start, start + PIXELS)
    const mean = row.reduce((sum, v) => sum + v, 0) / PIXELS
    const variance = row.reduce((sum, v) => sum + (v - mean) * (v - mean), 0) / PIXELS
    for (let i = 0; i < PIXELS; i++) row[i] = (row[i] - mean) / Math.sqrt(variance + 1e-5)
  }
  return X
}

/** Returns the H eigenvectors of the largest eigenvalues of a covariance, as columns. */
function directions(patches: readonly Float64Array[], mean: Float64Array): Float64Array {
  const C = Array.from({ length: PIXELS }, () => new Float64Array(PIXELS))
  for (const patch of patches)
    for (let i = 0; i < PIXELS; i++)
      for (let j = 0; j < PIXELS; j++) C[i][j] += ((patch[i] - mean[i]) * (patch[j] - mean[j])) / patches.length
  const { values, vectors } = symmetricEigen(C)
  const order = Array.from(values, (_, k) => k).sort((a, b) => values[b] - values[a])
  const U = new Float64Array(PIXELS * H)
  for (let i = 0; i < PIXELS; i++) for (let k = 0; k < H; k++) U[i * H + k] = vectors!.get(i, order[k])
  return U
}

/** The handwritten digits: 1060 pictures, moved by a pixel for longer sequences; the others give the directions. */
export async function digitPatches(rng: Random, length: number): Promise<Patches> {
  const { features, shape } = await loadTable('digits')
  const pictures = Array.from(rng.permutation(shape[0]), (k) =>
    features.slice(k * PIXELS, (k + 1) * PIXELS).map((v) => v / 16),
  )
  const [first, others] = [pictures.slice(0, 1060), pictures.slice(1060)]
  const shifts = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ].slice(0, Math.ceil(length / 1060))
  return {
    source: 'the UCI digits of @opt/datasets-tables',
    tokens: shifts.flatMap(([down, right]) => first.map((picture) => moved(picture, down, right))),
    others,
  }
}

const moved = (picture: Float64Array, down: number, right: number): Float64Array =>
  picture.map((_, i) => {
    const [y, x] = [Math.floor(i / 8) - down, (i % 8) - right]
    return y < 0 || x < 0 ? 0 : picture[y * 8 + x]
  })

/** 8 x 8 patches of two photographs, where a data folder has them: china.jpg, and flower.jpg for the directions. */
export async function photographPatches(folder: string | undefined): Promise<Patches | undefined> {
  const cut = async (name: 'china' | 'flower') => {
    const { width, height, channels, data } = await photograph(name, { folder })
    const patches: Float64Array[] = []
    for (let top = 0; top + 8 <= height; top += 8)
      for (let left = 0; left + 8 <= width; left += 8)
        patches.push(
          Float64Array.from({ length: PIXELS }, (_, i) => {
            const at = ((top + Math.floor(i / 8)) * width + left + (i % 8)) * channels
            return (data[at] + data[at + 1] + data[at + 2]) / 765
          }),
        )
    return patches
  }
  try {
    return { source: 'the photograph china.jpg', tokens: await cut('china'), others: await cut('flower') }
  } catch (error) {
    if (error instanceof DataAbsentError) return undefined
    throw error
  }
}
