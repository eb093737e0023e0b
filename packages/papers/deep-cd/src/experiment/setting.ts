import type { MultiLevelOptions } from '../network/multi-level.ts'
import { multiLevelNetwork } from '../network/multi-level.ts'
import type { Network } from '../network/network.ts'
import { type Poisson, poisson2d } from '../problems/poisson.ts'
import { rightHandSide } from '../problems/right-hand-sides.ts'
import { ritzDataset } from '../ritz/ritz-dataset.ts'
import { type TrainingSet, trainDirections } from '../training.ts'

/** Three obstacles, which no network here has seen in training. */
export const DISCS: number[][] = [
  [0.3, 0.3, 0.1],
  [0.7, 0.4, 0.12],
  [0.45, 0.75, 0.08],
]

export interface Domain extends Poisson {
  name: string
  size: number
  noise: Float64Array
}

export function domain(size: number, obstacles: boolean, seed: number): Domain {
  const problem = poisson2d({ size, discs: obstacles ? DISCS : [] })
  const name = `${size}², ${obstacles ? '3 discs' : 'box'}`
  return { ...problem, name, size, noise: rightHandSide('noise', problem, seed) }
}

/** Lanczos steps for the data of each size. */
const VECTORS: Record<number, number> = { 8: 32, 16: 128, 32: 256, 64: 400 }

/** Residuals of the empty box. */
export function trainingSet(size: number, batch: number, seed: number): TrainingSet {
  const { A, shape } = poisson2d({ size })
  return { A, shape, batch, samples: ritzDataset(A, { vectors: VECTORS[size], count: 400, seed: 100 * seed + size }) }
}

/** The training of experiment A: 400 steps, on three sizes of the empty box unless others are given. */
export function trained(
  seed: number,
  options: MultiLevelOptions = {},
  sizes: readonly (readonly [size: number, batch: number])[] = [
    [16, 16],
    [32, 4],
    [64, 1],
  ],
  steps = 400,
): { network: Network; losses: number[] } {
  const network = multiLevelNetwork({ ...options, seed })
  const sets = sizes.map(([size, batch]) => trainingSet(size, batch, seed))
  const { history } = trainDirections(network, sets, { steps, seed })
  return { network, losses: history.map(({ loss }) => loss / sets.length) }
}
